/**
 * The names by which roles are known, best first: it is also the order of a coalesce list.
 * `exact` are the current and the deprecated names of a convention, `synonyms` what is usual
 * elsewhere, `never` what looks alike and means something else.
 * **Source** https://opentelemetry.io/docs/specs/semconv/ (http, deployment, host, service).
 */
import type { RoleName } from './role.js';

export interface RoleNames {
  readonly exact: readonly string[];
  readonly synonyms: readonly string[];
  /** Too common a word to be believed without a good value test: counts as a fuzzy match. */
  readonly vague: readonly string[];
  /** Compared without case and separators. */
  readonly never: readonly string[];
}

export const roleTable: Readonly<Record<RoleName, RoleNames>> = {
  time: {
    exact: [
      'timestamp',
      'time',
      '@timestamp',
      'ts',
      'Timestamp',
      'observed_timestamp',
      'time_local',
      'start_time',
    ],
    synonyms: ['time_iso8601', 'datetime', 'event_time', '@t', '_time', 'msec', 'StartUTC'],
    vague: ['created_at', 'start', 'asctime', 'time_unix_nano', 'start_time_unix_nano'],
    never: ['date', 'ingested_at', 'ingest_time', 'received_at', 'load_time', 'loaded_at'],
  },
  host: {
    exact: ['host.name'],
    synonyms: [
      'meta.local_hostname',
      'hostname',
      'host.hostname',
      'instance',
      'service.instance.id',
      'k8s.pod.name',
      'kubernetes.pod_name',
      'kubernetes.host',
      'upstream_addr',
      'server.address',
    ],
    vague: ['host', '_HOSTNAME', 'pod', 'pod_name', 'node', 'server', 'machine', 'instance_id'],
    never: [
      'request.host',
      'http.host',
      'http_host',
      'request.headers.host',
      ':authority',
      'authority',
      'RequestHost',
      'vhost',
      'client.address',
      'remote_addr',
    ],
  },
  version: {
    exact: ['service.version', 'deploy.version'],
    synonyms: [
      'build_id',
      'build',
      'release',
      'app.version',
      'git.sha',
      'commit',
      'image.tag',
      'container.image.tags',
      'container.image.tag',
      'app.kubernetes.io/version',
      'kubernetes.labels.app.kubernetes.io/version',
    ],
    vague: ['version', 'app_version', 'build_number', 'git_commit', 'revision', 'deploy_id'],
    never: [
      'http_version',
      'http.flavor',
      'network.protocol.version',
      'tls.version',
      'telemetry.sdk.version',
      'meta.beeline_version',
      'nginx_version',
      '@version',
      'schema_version',
      'api_version',
      'os.version',
    ],
  },
  status: {
    exact: ['http.response.status_code', 'http.status_code', 'http.request.status_code'],
    synonyms: [
      'response.status_code',
      'status',
      'status_code',
      'sc-status',
      'elb_status_code',
      'DownstreamStatus',
      'rpc.grpc.status_code',
    ],
    vague: ['res.statusCode', 'response.status', 'code', 'response_code'],
    never: ['status.code', 'exit_code', 'exit_status', 'upstream_status', 'OriginStatus'],
  },
  service: {
    exact: ['service.name'],
    synonyms: ['service_name', 'service', 'app', 'dataset', 'kubernetes.container_name'],
    vague: ['application', 'component', 'k8s.container.name'],
    never: ['peer.service', 'telemetry.sdk.name', 'server.name'],
  },
  environment: {
    exact: ['deployment.environment.name', 'deployment.environment'],
    synonyms: ['env', 'environment'],
    vague: ['stage'],
    never: [],
  },
  route: {
    exact: ['http.route'],
    synonyms: ['request.route', 'route', 'url.template'],
    vague: ['url.path', 'path', 'request.path', 'http.target', 'RequestPath'],
    never: ['url', 'url.full', 'http.url', 'request.uri', 'uri', 'request_uri', 'query'],
  },
  method: {
    exact: ['http.request.method', 'http.method'],
    synonyms: ['request.method', 'method', 'request_method', 'RequestMethod', 'req.method'],
    vague: ['verb'],
    never: ['rpc.method', 'code.function'],
  },
  duration: {
    exact: ['duration_ms', 'http.server.request.duration', 'http.server.duration'],
    synonyms: ['request_time', 'Duration', 'DURATION', '%D', 'took', 'latency', 'duration'],
    vague: [
      'elapsed',
      'response_time',
      'latency_ms',
      'latency_us',
      'response_time_ms',
      'request_duration_ms',
      'request_time_ms',
      'duration_us',
      'duration_ns',
      'duration_seconds',
      'elapsed_ms',
      'took_ms',
      'request_duration',
    ],
    never: ['bytes', 'size', 'upstream_response_time', 'OriginDuration', 'Overhead'],
  },
  error: {
    exact: ['error.type', 'exception.type'],
    synonyms: ['error'],
    vague: ['err.type', 'error_type'],
    never: ['error_count'],
  },
  weight: {
    exact: ['SampleRate', 'samplerate', 'sample_rate', 'sampling.rate'],
    synonyms: ['meta.refinery.sample_rate', 'meta.sample_rate'],
    vague: [],
    never: ['audio.sample_rate', 'weight'],
  },
  customer: {
    exact: ['customer.id'],
    synonyms: [
      'team_id',
      'tenant',
      'tenant.id',
      'enduser.id',
      'user.id',
      'customer',
      'account_id',
      'org_id',
      'app.customer_id',
      'app.team_id',
      'app.tenant_id',
      'app.account_id',
      'app.user_id',
    ],
    vague: ['organization_id', 'company_id'],
    never: ['user', 'remote_user', 'user.name', 'user_agent'],
  },
  trace: {
    exact: ['trace_id', 'trace.trace_id'],
    synonyms: ['traceId', 'trace.id'],
    vague: [],
    never: [],
  },
  span: {
    exact: ['span_id', 'trace.span_id'],
    synonyms: ['spanId', 'span.id'],
    vague: [],
    never: [],
  },
  parent: {
    exact: ['trace.parent_id', 'parent_span_id'],
    synonyms: ['parent_id', 'parentSpanId'],
    vague: [],
    never: [],
  },
};
