import { Elysia } from 'elysia'
import { z } from 'zod'
import { foundJson, importedJson } from '../../app/import-json.ts'
import { importApps, listImportable } from '../../app/import-workflows.ts'
import type { AdminContext } from '../options.ts'
import { bodyOf } from './names.ts'
import { faults, programOf } from './requests.ts'

/** More than any workspace has, and few enough for one request. */
const MOST_APPS = 1_000

const IMPORT = bodyOf({
  admin_key: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .describe('ADMIN_API_KEY of the Dify server; used for this request only, never stored or returned'),
  workspace_id: z.string().trim().min(1).max(100).describe('of the workspace in Dify, a UUID'),
  base_url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional()
    .describe('of the Dify server, with or without /v1; default: the server’s own setting'),
  apps: z
    .union([z.literal('all'), z.array(z.string().min(1).max(100)).min(1).max(MOST_APPS)])
    .optional()
    .describe('ids of the apps to add, or all; without it nothing is added, and the apps are listed'),
})

const IMPORTED = z.object({
  base_url: z.string().nullable().describe('of Dify’s service API; null where apps were added'),
  other_apps: z
    .number()
    .int()
    .nullable()
    .describe('how many more there are, of kinds that Rowbot does not run; null where apps were added'),
  apps: z.array(
    z.object({
      id: z.string().describe('of the app in Dify'),
      name: z.string(),
      mode: z.string().nullable().describe('null: the workspace has no such app'),
      description: z.string(),
      status: z
        .enum(['new', 'existing', 'added', 'failed'])
        .describe(
          'new: it is not here yet; existing: a workflow has one of its keys, and is left as it is; added: just now; failed: see message',
        ),
      workflow_id: z.string().nullable(),
      shared_key: z
        .boolean()
        .describe('Dify makes no further key for it, so its newest one is used, which others may use, too'),
      message: z.string().nullable(),
      hint: z.string().nullable(),
    }),
  ),
})

/** Adds apps of a Dify server by its admin API key. */
export function workflowImportRoute({ bot, cache, difyUrl }: AdminContext) {
  return new Elysia().post(
    '/api/workflows/import',
    async ({ body: { admin_key, workspace_id, base_url, apps }, request }) => {
      const by = programOf(request)
      const server = { baseUrl: base_url ?? difyUrl, adminKey: admin_key, workspaceId: workspace_id }
      if (apps === undefined) return foundJson(await listImportable(bot, by, server))
      const imported = await importApps(bot, by, server, apps)
      cache.changed()
      return { base_url: null, other_apps: null, apps: imported.map(importedJson) }
    },
    {
      body: IMPORT,
      response: { 200: IMPORTED, ...faults(409) },
      detail: {
        tags: ['Workflows'],
        summary: 'List or add the apps of a self-hosted Dify',
        description:
          'With its admin API key. Each app that is added gets a key of its own; one that cannot be added says why, and stops no other. Sent twice, nothing is added twice.',
      },
    },
  )
}
