/** A file of a form could not be stored, through no fault of the form. */
export class NotStored extends Error {
  constructor(override readonly cause: unknown) {
    super('a file of a form could not be stored')
  }
}
