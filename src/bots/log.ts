/** The logger that the bots need; pino’s fits. */
export interface Log {
  error(details: object, message: string): void
  warn(details: object, message: string): void
}
