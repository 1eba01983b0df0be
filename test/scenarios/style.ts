/** How events of strangers are written: their column names, statuses, times and units. */
import type { Random } from './random.js';
import type { ColumnNames, SimEvent } from './world.js';

/** What a fleet does not write; a scenario says which of them it needs. */
export type Optional = 'service' | 'version' | 'zone' | 'route' | 'customer' | 'error';

/** What a scenario cannot be without; `http` is a status of HTTP codes. */
export type Need = Optional | 'http';

const statusKinds = ['http', 'words', 'otlp', 'grpc', 'flag', 'text only'] as const;
export type StatusKind = (typeof statusKinds)[number];

export interface Style {
  readonly columns: ColumnNames;
  readonly without: ReadonlySet<Optional>;
  readonly status: StatusKind;
  readonly time: 'text' | 'offset' | 'milliseconds' | 'seconds';
  readonly duration: 'ms' | 's' | 'us' | 'ns';
}

const names: Readonly<Record<Exclude<keyof ColumnNames, 'duration' | 'status'>, string[]>> = {
  time: ['timestamp', 'ts', 'time', '@timestamp', 'event_time', 'datetime', 'start_time'],
  service: ['service', 'service.name', 'app', 'application', 'svc', 'serviceName', 'component'],
  host: ['host', 'hostname', 'host.name', 'instance', 'node', 'pod', 'server', 'instance_id'],
  version: ['version', 'build', 'release', 'app_version', 'image_tag', 'git_sha', 'revision'],
  zone: ['zone', 'az', 'region', 'availability_zone', 'datacenter', 'dc', 'cloud.region'],
  route: ['route', 'endpoint', 'path', 'http.route', 'operation', 'handler', 'uri'],
  customer: ['customer', 'customer_id', 'tenant', 'account_id', 'org_id', 'client_id', 'tenant_id'],
  error: ['error_message', 'error.message', 'err', 'error_type', 'exception', 'exception.type'],
  bytes: ['bytes', 'response_size', 'bytes_sent', 'response_bytes', 'content_length'],
  weight: ['sample_rate', 'samplerate', 'SampleRate', 'sampling.rate'],
};

const statusNames: Readonly<Record<StatusKind, readonly string[]>> = {
  http: ['status', 'status_code', 'http.status_code', 'response_code', 'code', 'http_status'],
  words: ['status', 'outcome', 'result'],
  otlp: ['status.code', 'otel.status_code', 'status_code'],
  grpc: ['grpc.status_code', 'rpc.grpc.status_code', 'grpc_code', 'code'],
  flag: ['error', 'is_error', 'failed'],
  'text only': ['status'],
};

const durationNames: Readonly<Record<Style['duration'], readonly string[]>> = {
  ms: ['duration_ms', 'latency_ms', 'elapsed_ms', 'response_time_ms'],
  s: ['duration_s', 'request_time', 'latency_seconds', 'duration_seconds'],
  us: ['duration_us', 'latency_us', 'duration_micros'],
  ns: ['duration_ns', 'durationNano', 'elapsed_ns'],
};

export function styleOf(random: Random, needs: ReadonlySet<Need>): Style {
  const status = needs.has('http') ? 'http' : random.pick(statusKinds);
  const duration = random.pick(['ms', 's', 'us', 'ns'] as const);
  const named = Object.fromEntries(
    Object.entries(names).map(([part, choices]) => [part, random.pick(choices)]),
  ) as Omit<ColumnNames, 'duration' | 'status'>;
  const chance = { service: 0.2, version: 0.25, zone: 0.4, route: 0.15, customer: 0.3, error: 0.3 };
  const without = new Set<Optional>();
  for (const [part, share] of Object.entries(chance)) {
    const isLeft = random.unit() < share;
    const isTold = part === 'error' && status === 'text only';
    if (isLeft && !needs.has(part as Optional) && !isTold) without.add(part as Optional);
  }
  return {
    columns: {
      ...named,
      status: random.pick(statusNames[status]),
      duration: random.pick(durationNames[duration]),
    },
    without,
    status,
    time: random.pick(['text', 'text', 'offset', 'milliseconds', 'seconds'] as const),
    duration,
  };
}

const grpcCodes: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  409: 10,
  422: 9,
  429: 8,
  500: 13,
  502: 14,
  503: 14,
  504: 4,
};

function statusText(kind: StatusKind, { status }: SimEvent): unknown {
  switch (kind) {
    case 'http':
      return status;
    case 'words':
      if (status < 400) return 'success';
      return status === 504 ? 'timeout' : status < 500 ? 'rejected' : 'failure';
    case 'otlp':
      return status < 400 ? 'STATUS_CODE_UNSET' : 'STATUS_CODE_ERROR';
    case 'grpc':
      return status < 400 ? 0 : (grpcCodes[status] ?? 2);
    case 'flag':
      return status >= 400;
    case 'text only':
      return undefined;
  }
}

function timeText(kind: Style['time'], ms: number): unknown {
  switch (kind) {
    case 'text':
      return new Date(ms).toISOString();
    case 'offset':
      return `${new Date(ms + 2 * 3_600_000).toISOString().slice(0, -1)}+02:00`;
    case 'milliseconds':
      return ms;
    case 'seconds':
      return ms / 1000;
  }
}

const perMs: Readonly<Record<Style['duration'], number>> = { ms: 1, s: 0.001, us: 1e3, ns: 1e6 };

function durationOf({ duration }: Style, ms: number): number {
  const value = ms * perMs[duration];
  return duration === 's' ? Number(value.toFixed(6)) : Math.round(value);
}

/** One line of NDJSON in the style of a fleet. */
export function styledLine(style: Style, startMs: number, event: SimEvent): string {
  const { columns, without } = style;
  const isBad = event.status >= 400;
  const error = event.error ?? (isBad && style.status === 'text only' ? 'not found' : null);
  const fields: Record<string, unknown> = {
    [columns.time]: timeText(style.time, startMs + event.atMs),
    [columns.host]: event.host,
    [columns.bytes]: event.bytes,
  };
  const put = (name: string, value: unknown): void => {
    if (value !== null && value !== undefined) fields[name] = value;
  };
  const optional = (part: Optional, value: unknown): void => {
    if (!without.has(part)) put(columns[part], value);
  };
  optional('service', event.service);
  optional('version', event.version);
  optional('zone', event.zone);
  optional('route', event.route);
  optional('customer', event.customer);
  optional('error', error);
  put(columns.status, statusText(style.status, event));
  put(columns.duration, event.durationMs === null ? null : durationOf(style, event.durationMs));
  if (event.weight !== 1) put(columns.weight, event.weight);
  return JSON.stringify({ ...fields, ...event.more });
}
