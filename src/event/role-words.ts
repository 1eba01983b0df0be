/**
 * Names that no list can hold: a label is taken apart into words, and means a role when all of its
 * words are about it (`elapsed_us`, `merchant_id`, `http.result`). Behind every listed name. Pure.
 */
import type { RoleName } from './role.js';

interface RoleWords {
  /** Best first. One of them has to be there. */
  readonly heads: string;
  /** What may stand beside a head without another meaning. */
  readonly beside: string;
}

const ofWhom =
  'app application service svc server backend k8s kubernetes cloud aws gcp azure ec2 ' +
  'label labels metadata meta';
const units =
  'ms us ns s sec secs second seconds milli millis millisecond milliseconds micro micros ' +
  'microsecond microseconds nano nanos nanosecond nanoseconds msec usec nsec';

const wordsOf: Partial<Record<RoleName, RoleWords>> = {
  host: {
    heads:
      'host hostname pod instance node server machine vm container task worker replica workload ' +
      'dyno rechner rechnername knoten maschine',
    beside: `${ofWhom} id name uid local my compute source origin`,
  },
  version: {
    heads:
      'version ver release build revision rev sha commit tag image deploy artifact ' +
      'softwarestand softwareversion programmversion',
    beside:
      `${ofWhom} git vcs container docker code software sw package deployment ` +
      'config configuration ' +
      'id name num number no hash short',
  },
  status: {
    heads:
      'status statuscode outcome result code success succeeded successful ok ' +
      'error errored failed failure',
    beside:
      'http grpc rpc response resp res reply request req return final downstream call is was has',
  },
  service: {
    heads:
      'service svc app application component microservice unit subsystem module ' +
      'dienst anwendung',
    beside: 'name id grpc rpc source k8s kubernetes label labels metadata meta',
  },
  route: {
    heads:
      'route endpoint operation path op rpc action handler method target resource procedure ' +
      'controller page api pfad endpunkt',
    beside: 'http grpc request req url name id template normalized client',
  },
  duration: {
    heads: `duration dur latency elapsed took taken rt time dauer laufzeit antwortzeit ${units}`,
    beside:
      'http request req response resp server service total handler processing process wall call ' +
      'rpc grpc spent in e2e event upstream backend',
  },
  error: {
    heads:
      'error exception err exc failure fault reason detail message msg ' +
      'fehler fehlertext fehlermeldung',
    beside: 'type class kind name text code details description string status',
  },
  customer: {
    heads:
      'customer tenant account organization organisation org team company merchant client ' +
      'subscriber partner workspace shop vendor apikey user member ' +
      'kunde kunden kundennummer mandant',
    beside: 'id uid uuid name key code no num number nr nummer app slug x header request req meta',
  },
};

const sayEnough: readonly string[] = ['ms', 'seconds', 'milliseconds'];
/** Words that say too little alone. */
const saysLittle = new Set([
  'time',
  ...units.split(' ').filter((unit) => !sayEnough.includes(unit)),
]);

interface Prepared {
  readonly heads: ReadonlyMap<string, number>;
  readonly beside: ReadonlySet<string>;
}

const prepared: ReadonlyMap<RoleName, Prepared> = new Map(
  Object.entries(wordsOf).map(([role, { heads, beside }]) => [
    role as RoleName,
    {
      heads: new Map(heads.split(' ').map((word, place) => [word, place])),
      beside: new Set(beside.split(' ')),
    },
  ]),
);

const mostWords = 5;

/**
 * The place of a label among the names of a role, 0 the best; null when it means something else.
 * Fewer words are better, so that `status` comes before `status.code`.
 */
export function wordPlace(role: RoleName, label: string): number | null {
  const known = prepared.get(role);
  const words = wordsIn(label);
  if (known === undefined || words.length === 0 || words.length > mostWords) return null;
  const places = words.flatMap((word) => known.heads.get(word) ?? []);
  const foreign = words.some((word) => !known.heads.has(word) && !known.beside.has(word));
  if (foreign || places.length === 0) return null;
  if (words.length === 1 && words.every((word) => saysLittle.has(word))) return null;
  return Math.min(...places) * mostWords + words.length - 1;
}

/** `userAccountId`, `user.account-id` and `USER_ACCOUNT_ID` alike; `api_key` is one word. */
function wordsIn(label: string): readonly string[] {
  const apart = label
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/api[^a-z0-9]*key/g, 'apikey');
  return apart.split(/[^a-z0-9]+/).filter((word) => word !== '');
}
