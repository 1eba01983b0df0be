/** What each shell runs at a TAB: it hands the line to `coldcase __complete`. */
import type { Shell } from './shell-line.js';

/** By shell, for `coldcase complete SHELL`. The line is passed as data and never evaluated. */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `# Completion of coldcase for bash: source <(coldcase complete bash)
_coldcase() {
  local kind="" text
  COMPREPLY=()
  while IFS= read -r text; do
    if [[ -z $kind ]]; then kind=$text; else COMPREPLY+=("\${text%%$'\\t'*}"); fi
  done < <(command coldcase __complete bash \\
    "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
  case $kind in
    files) compopt -o default 2>/dev/null ;;
    directories) compopt -o dirnames 2>/dev/null ;;
    list-on) compopt -o nospace 2>/dev/null ;;
  esac
}
complete -F _coldcase coldcase
`,
  zsh: `#compdef coldcase
# Completion of coldcase for zsh: source <(coldcase complete zsh), behind compinit.
_coldcase() {
  local -a answer texts shown
  local one text help line
  line="\${(j: :)words[1,CURRENT-1]} $IPREFIX$QIPREFIX$PREFIX"
  answer=("\${(@f)$(command coldcase __complete zsh "$line" 2>/dev/null)}")
  case $answer[1] in
    files) _files; return ;;
    directories) _files -/; return ;;
  esac
  for one in "\${(@)answer[2,-1]}"; do
    text=\${one%%$'\\t'*}
    help=\${one#*$'\\t'}
    texts+=("$text")
    shown+=("$text\${help:+  -- $help}")
  done
  if [[ $answer[1] == list-on ]]; then compadd -S '' -l -d shown -a texts
  else compadd -l -d shown -a texts
  fi
}
if [[ $funcstack[1] == _coldcase ]]; then _coldcase "$@"; else compdef _coldcase coldcase; fi
`,
  fish: `# Completion of coldcase for fish: coldcase complete fish | source
function __coldcase_complete
  set -l answer (command coldcase __complete fish (commandline -cp | string collect) 2>/dev/null)
  switch "$answer[1]"
    case files
      __fish_complete_path (commandline -ct)
    case directories
      __fish_complete_directories (commandline -ct)
    case '*'
      printf '%s\\n' $answer[2..]
  end
end
complete -c coldcase -f -a '(__coldcase_complete)'
`,
};
