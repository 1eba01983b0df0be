/** The faults of stores, CC4001 to CC4059: a part of the closed table of `fault-table.ts`. */

export const storeFaults = {
  CC4001: {
    message: '{path} is not a coldcase store (no {dataset}/_delta_log)',
    hint: 'make one here: coldcase init    or name one: --store DIR',
    exitCode: 1,
  },
  CC4002: {
    message: '{path} uses the Delta feature {feature}, which this version does not know',
    hint: 'read it with the tool that wrote it, or rewrite the table without the feature',
    exitCode: 1,
  },
  CC4003: {
    message: '{path} is damaged: {reason}',
    hint: 'coldcase verify says what is lost; put back a copy, or take it out: coldcase repair',
    exitCode: 1,
  },
  CC4004: {
    message:
      'another writer changed the table meanwhile ({reason}) and {tries} tries were not enough',
    hint: 'nothing was stored; run the same command again',
    exitCode: 1,
  },
  CC4005: {
    message: '{path} already holds a store',
    hint: 'use it as it is, or name another place with --store',
    exitCode: 1,
  },
  CC4006: {
    message: 'the data file {path} is missing',
    hint: 'another process may have replaced it: run it again; then coldcase verify',
    exitCode: 1,
  },
  CC4010: {
    message: 'no hold {name}',
    hint: 'coldcase hold list shows those there are',
    exitCode: 1,
  },
  CC4011: {
    message: 'there is a hold {name} already',
    hint: 'give another name, or remove it first: coldcase hold rm {name}',
    exitCode: 1,
  },
  CC4012: {
    message: '{what} needs a yes',
    hint: 'add --yes to do it, or --dry-run to see what it would do',
    exitCode: 2,
  },
  CC4020: {
    message: 'log entry {path}: {reason}',
    hint: 'put back a copy of it; without it the commits behind it cannot be read',
    exitCode: 1,
  },
  CC4021: {
    message: 'checkpoint {path}: {reason}',
    hint: 'coldcase repair writes it again from the log',
    exitCode: 1,
  },
  CC4022: {
    message: 'data file {path} is missing ({rows} rows)',
    hint: 'put back a copy of it, or take it out of the table: coldcase repair',
    exitCode: 1,
  },
  CC4023: {
    message: 'data file {path} is damaged ({rows} rows): {reason}',
    hint: 'put back a copy of it, or take it out of the table: coldcase repair',
    exitCode: 1,
  },
  CC4024: {
    message: 'data file {path} and the log disagree: {reason}',
    hint: 'put back a copy of it, or take it out of the table: coldcase repair',
    exitCode: 1,
  },
  CC4025: {
    message: 'version {version} does not add up: {reason}',
    hint: 'compare it with its sources; the ledger of coldcase sql has the sums of every ingest',
    exitCode: 1,
  },
  CC4026: {
    message: 'hold {name} cannot be read',
    hint: 'it keeps every day until it is made anew: coldcase hold rm {name}',
    exitCode: 1,
  },
  CC4027: {
    message: 'rejects file {path}: {reason}',
    hint: 'put back a copy of it; events are not concerned',
    exitCode: 1,
  },
  CC4028: {
    message: 'sidecar {path}: {reason}',
    hint: 'coldcase repair makes it again from the rows; --no-rollups answers without it',
    exitCode: 1,
  },
} as const;
