/*
 * Months of the calendar in UTC, as `2026-11`. A limit a month begins anew with each, wherever its people are.
 */

export const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/

export function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7)
}

/** When the next month begins. */
export function nextMonth(at: number): number {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
}
