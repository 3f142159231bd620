/** The real server throws a ValueError here; a client only sees its message. */
export class InputError extends Error {}
