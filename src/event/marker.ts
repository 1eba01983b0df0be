/** Something that happened and is no event of the data: a deploy, an incident. */
export interface Marker {
  /** **Units** microseconds since the epoch. */
  readonly at: number;
  readonly label: string;
  readonly kind: string;
}
