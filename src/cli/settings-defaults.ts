/** What holds where nobody said otherwise. */

export const defaultStore = '.coldcase';
export const defaultDataset = 'events';
export const defaultZone = 'UTC';
