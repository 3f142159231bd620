import { userInfo } from 'node:os'

/** Who is at the command line, as tasks and their log name them. */
export function personHere(): string {
  const name = accountName().trim()
  return name === '' || name === 'unknown' ? 'the command line' : name // Bun says unknown where $USER is not set
}

function accountName(): string {
  try {
    return userInfo().username
  } catch {
    return '' // a container may run as a number that has no account
  }
}
