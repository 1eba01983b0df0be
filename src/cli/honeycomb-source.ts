/** Finds the queries in what was pasted: a query, result, board or link; a file or stdin. */
import { existsSync, readFileSync } from 'node:fs';
import { Fault, throwAll } from '../base/fault.js';
import { at, type Fields, fieldsOf, isFields, type JsonReading } from '../query/honeycomb-json.js';

/** A query of Honeycomb, as found. */
export interface PastedQuery {
  /** Of a board: what stands over it; null for a single query. */
  readonly heading: string | null;
  readonly path: string;
  readonly json: unknown;
}

/** What was in the text that was pasted. */
export interface Pasted {
  readonly queries: readonly PastedQuery[];
  /** What of it is no query and was left out. */
  readonly leftOut: readonly string[];
}

/** **Faults** CC1280, CC1281, CC1282, CC2001. */
export function pastedQueries(word: string): Pasted {
  const { text, name } = textOf(word);
  return queriesIn(parsed(text, name), name);
}

function textOf(word: string): { readonly text: string; readonly name: string } {
  if (/^\s*\{/.test(word)) return { text: word, name: 'the query' };
  if (/^https?:\/\//i.test(word)) return { text: linkedQuery(word), name: 'the link' };
  if (word === '-') return { text: readFileSync(0, 'utf8'), name: 'standard input' };
  if (!existsSync(word)) throw new Fault('CC2001', { path: word });
  const text = readFileSync(word, 'utf8').trim();
  return { text: /^https?:\/\/\S+$/i.test(text) ? linkedQuery(text) : text, name: word };
}

/** The JSON in `?query=` of a link; other links hold only an id. */
function linkedQuery(link: string): string {
  const query = URL.canParse(link) ? new URL(link).searchParams.get('query') : null;
  if (query !== null && query !== '') return query;
  const problem = 'no ?query= in it, only the id of a query kept at Honeycomb';
  const hint = 'copy the query as JSON there, or use a link with ?query=';
  throw new Fault('CC1280', { name: 'the link', problem }, { hint });
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const problem = `not JSON: ${error instanceof Error ? error.message : 'unreadable'}`;
    throw new Fault('CC1280', { name, problem });
  }
}

function queriesIn(json: unknown, name: string): Pasted {
  if (!isFields(json)) throw new Fault('CC1280', { name, problem: 'an object is expected' });
  if ('panels' in json || 'queries' in json) return boardQueries(json);
  if ('query' in json && isFields(json.query)) {
    const reading: JsonReading = { faults: [] };
    fieldsOf(reading, json, '', ['query', 'id', 'complete', 'data', 'links', 'query_url']);
    throwAll(reading.faults);
    return { queries: [{ heading: null, path: 'query', json: json.query }], leftOut: [] };
  }
  return { queries: [{ heading: null, path: '', json }], leftOut: [] };
}

const boardKeys = [
  'id',
  'slug',
  'name',
  'description',
  'type',
  'style',
  'column_layout',
  'layout_generation',
  'links',
  'tags',
  'slos',
  'preset_filters',
  'queries',
  'panels',
];
const itemKeys = [
  'caption',
  'dataset',
  'graph_settings',
  'query',
  'query_annotation_id',
  'query_id',
  'query_style',
  'visualization_settings',
];

/** All queries of a board in its order. */
function boardQueries(board: Fields): Pasted {
  const reading: JsonReading = { faults: [] };
  fieldsOf(reading, board, '', boardKeys);
  const queries: PastedQuery[] = [];
  const leftOut: string[] = [];
  const add = (item: unknown, path: string): void => {
    const fields = fieldsOf(reading, item, path, itemKeys);
    if (!isFields(fields.query)) {
      const problem = 'only the id of a query kept at Honeycomb; its JSON is expected in query';
      reading.faults.push(new Fault('CC1282', { path, problem }));
      return;
    }
    const number = queries.length + 1;
    const caption = typeof fields.caption === 'string' ? fields.caption.trim() : '';
    const heading = caption === '' ? `query ${number}` : `query ${number}: ${caption}`;
    queries.push({ heading, path: at(path, 'query'), json: fields.query });
    if (typeof fields.dataset === 'string' && fields.dataset !== '') {
      leftOut.push(`${path} was asked of dataset ${fields.dataset}; --dataset chooses here`);
    }
  };
  for (const [index, item] of listOf(board.queries).entries()) add(item, `queries[${index}]`);
  for (const [index, panel] of listOf(board.panels).entries()) {
    const path = `panels[${index}]`;
    if (isFields(panel) && 'query_panel' in panel) add(panel.query_panel, `${path}.query_panel`);
    else leftOut.push(`${path} is no query${isFields(panel) ? ` (${String(panel.type)})` : ''}`);
  }
  for (const key of ['slos', 'preset_filters']) {
    if (listOf(board[key]).length > 0) leftOut.push(`${key} of the board are not applied`);
  }
  if (queries.length === 0 && reading.faults.length === 0) {
    throw new Fault('CC1280', { name: 'the board', problem: 'no query is on it' });
  }
  throwAll(reading.faults);
  return { queries, leftOut };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
