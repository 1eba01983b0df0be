/** The version in package.json, written here so that a start need not read a file. */
export const coldcaseVersion = '0.1.0';

/** The layout of the store on disk: Delta reader 1, writer 2, and our names in it. */
export const storeFormat = 1;
