import type { FoundApps, ImportedApp } from './import-workflows.ts'

/** An app of a Dify server for programs, as the API and `--json` give it. */
export interface AppJson {
  id: string
  name: string
  /** null: the workspace has no such app */
  mode: string | null
  description: string
  status: 'new' | 'existing' | 'added' | 'failed'
  workflow_id: string | null
  /** it was added with a key that others may use, too */
  shared_key: boolean
  message: string | null
  hint: string | null
}

export function foundJson({ baseUrl, apps, others }: FoundApps) {
  return {
    base_url: baseUrl,
    other_apps: others,
    apps: apps.map(({ workflowId, ...app }): AppJson => ({
      ...app,
      ...NOTHING,
      status: workflowId === undefined ? 'new' : 'existing',
      workflow_id: workflowId ?? null,
    })),
  }
}

export function importedJson(app: ImportedApp): AppJson {
  const { id, name, mode = null, description, kind: status } = app
  const about = { id, name, mode, description, ...NOTHING, status }
  switch (app.kind) {
    case 'added':
      return { ...about, workflow_id: app.workflow.id, shared_key: app.isKeyShared }
    case 'existing':
      return { ...about, workflow_id: app.workflowId }
    case 'failed':
      return { ...about, message: app.why.message, hint: app.why.hint ?? null }
  }
}

const NOTHING = { workflow_id: null, shared_key: false, message: null, hint: null } as const
