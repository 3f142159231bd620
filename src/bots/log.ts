/** What this folder needs of a logger; pino's fits. */
export interface Log {
  error(details: object, message: string): void
  warn(details: object, message: string): void
}
