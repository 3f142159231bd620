import { z } from 'zod'
import type { DifyWorkspace } from '../../app/import-workflows.ts'
import type { SecretBox } from '../../db/workflows/secret-box.ts'
import { UserError } from '../../engine/user-error.ts'

/*
 * Between the list of apps and the choice, the admin API key is with the person who chooses: encrypted in their page, so
 * that nothing here keeps it, and of no use to anybody after half an hour.
 */

const VALID_MS = 30 * 60_000

const SEALED = z.object({
  /** the same box seals other things */
  purpose: z.literal('import'),
  baseUrl: z.string(),
  adminKey: z.string(),
  workspaceId: z.string(),
  /** milliseconds since 1970 */
  until: z.number(),
})

export function sealWorkspace(
  box: Pick<SecretBox, 'seal'>,
  { baseUrl, adminKey, workspaceId }: DifyWorkspace,
  now: number,
): string {
  const sealed: z.input<typeof SEALED> = {
    purpose: 'import',
    baseUrl,
    adminKey,
    workspaceId,
    until: now + VALID_MS,
  }
  return box.seal(JSON.stringify(sealed))
}

/** Undefined: it is too old, or not from here. */
export function openWorkspace(
  box: Pick<SecretBox, 'open'>,
  sealed: string,
  now: number,
): DifyWorkspace | undefined {
  const { data } = SEALED.safeParse(opened(box, sealed))
  if (!data || data.until <= now) return undefined
  const { baseUrl, adminKey, workspaceId } = data
  return { baseUrl, adminKey, workspaceId }
}

function opened(box: Pick<SecretBox, 'open'>, sealed: string): unknown {
  try {
    return JSON.parse(box.open(sealed))
  } catch (fault) {
    if (fault instanceof UserError || fault instanceof SyntaxError) return undefined
    throw fault
  }
}
