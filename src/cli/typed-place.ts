/** Adds the text typed to a fault that knows only its option, so that a caret can point into it. */
import { Fault } from '../base/fault.js';

/** The fault with the whole value of its option marked; unchanged when that is not certain. */
export function withTypedText(fault: Fault, argv: readonly string[]): Fault {
  const { at } = fault;
  const option = at?.option ?? (fault.code === 'CC1003' ? fault.params.name : null);
  if (typeof option !== 'string' || !option.startsWith('--') || at?.text !== undefined)
    return fault;
  const [text, ...others] = typedValues(argv, option);
  if (text === undefined || text === '' || others.length > 0) return fault;
  const { code, params, hint, cause } = fault;
  const marked = { ...at, option, text, start: 0, end: text.length };
  return new Fault(code, params, { at: marked, hint, cause });
}

/** Values of an option as typed: `--by host` and `--by=host`. */
function typedValues(argv: readonly string[], option: string): readonly string[] {
  return argv.flatMap((arg, index) => {
    if (arg === option) return argv[index + 1] ?? '';
    return arg.startsWith(`${option}=`) ? arg.slice(option.length + 1) : [];
  });
}
