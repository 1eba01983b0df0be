/** Instants are whole microseconds since 1970-01-01T00:00:00Z, as safe integers. */

export type Micros = number;

export const microsPerSecond = 1_000_000;
export const microsPerMinute = 60 * microsPerSecond;
export const microsPerHour = 60 * microsPerMinute;
export const microsPerDay = 24 * microsPerHour;
