import type { AccessRole } from '../../db/schema.ts'

/**
 * The least that a route asks for.
 * open: nobody needs to be signed in, since it reveals nobody’s data.
 * link: its address has a token of its own (links/link-routes.ts).
 * anyone: whoever is signed in; a runner sees only their own there.
 * reader: whoever sees everything, so not a runner. runner: whoever may start tasks, so not a viewer.
 */
export type Least = 'open' | 'link' | 'anyone' | 'reader' | 'runner' | 'admin'

const ROLES = {
  open: ['admin', 'runner', 'viewer'],
  link: ['admin', 'runner', 'viewer'],
  anyone: ['admin', 'runner', 'viewer'],
  reader: ['admin', 'viewer'],
  runner: ['admin', 'runner'],
  admin: ['admin'],
} as const satisfies Record<Least, readonly AccessRole[]>

export function isAllowed(least: Least, role: AccessRole): boolean {
  return ROLES[least].some((one) => one === role)
}

/**
 * Every route of the page and the API, with the least that it asks for: the one place that says who may do what. A route
 * that is not here answers nobody, and a test fails. Whose task it is, is checked beside it (guard.ts), for every path
 * with a task in it.
 */
export const ACCESS: Record<string, Least> = {
  'GET /': 'anyone',
  'GET /assets/:name': 'open',
  'GET /favicon.ico': 'open',
  'GET /healthz': 'open',
  'GET /readyz': 'open',
  'GET /alive': 'open',
  'GET /metrics': 'reader',
  'GET /docs': 'anyone',
  'GET /docs/openapi.json': 'anyone',

  'GET /sign-in': 'open',
  'GET /sign-in/provider': 'open',
  'GET /sign-in/callback': 'open',
  'POST /sign-in': 'open',
  'POST /sign-out': 'anyone',
  'POST /preferences': 'anyone',

  'GET /r/:token': 'link',
  'GET /r/:token/result': 'link',
  'GET /r/:token/files.zip': 'link',
  'POST /r/:token/end': 'link',

  'GET /batch': 'anyone',
  'GET /batch/:id': 'anyone',
  'GET /batch/:id/live': 'anyone',
  'GET /batch/:id/rows': 'anyone',
  'GET /batch/:id/log': 'anyone',
  'GET /batch/:id/files/:sha256': 'anyone',
  'GET /batch/:id/files.zip': 'anyone',
  'GET /batch/:id/rows/:row/files/:n': 'anyone',
  'GET /batch/:id/rows/:row': 'anyone',
  'GET /batch/:id/stop': 'anyone',
  'GET /batch/:id/delete': 'anyone',
  'GET /batch/:id/retry': 'anyone',
  'GET /batch/:id/again': 'anyone',
  'GET /batch/:id/download': 'anyone',
  'GET /batch/:id/comparison': 'anyone',
  'GET /batch/:id/waiting': 'anyone',
  'POST /batch/:id/again': 'runner',
  'GET /batch/:id/rows/again': 'anyone',
  'POST /batch/:id/rows/again': 'runner',
  'POST /batch/:id/rows/:row/again': 'runner',
  'POST /batch/:id/settings': 'runner',
  'POST /batch/:id/pause': 'runner',
  'POST /batch/:id/resume': 'runner',
  'POST /batch/:id/raise': 'runner',
  'POST /batch/:id/stop': 'runner',
  'POST /batch/:id/delete': 'runner',
  'POST /batch/:id/retry': 'runner',
  'POST /batch/:id/rows/:row/retry': 'runner',
  'POST /batch/:id/fetch': 'runner',
  'POST /batch/:id/rows/:row/fetch': 'runner',
  'POST /batch/:id/links/:link/end': 'runner',
  'POST /batch/:id/forms/:form': 'runner',
  'POST /batch/:id/rows/:row/keep': 'runner',
  'POST /batch/:id/rows/:row/reset': 'runner',
  'POST /batch/:id/rows/:row/edit': 'runner',
  'POST /batch/:id/rows/:row/inputs': 'runner',

  // A viewer is told there that they may only look.
  'GET /batch/new': 'anyone',
  'GET /batch/new/:draft': 'anyone',
  'POST /batch/new': 'runner',
  'POST /batch/new/:draft': 'runner',
  'GET /batch/template/:workflowId': 'anyone',

  'GET /workflows': 'reader',
  // A runner sees those that they may use, and their own tasks of them.
  'GET /workflows/:id': 'anyone',
  'POST /workflows/:id/test': 'runner',
  'GET /workflows/:id/template': 'reader',
  'GET /workflows/add': 'reader',
  'GET /workflows/import': 'reader',
  'GET /workflows/:id/key': 'reader',
  'GET /workflows/:id/limit': 'reader',
  'GET /workflows/:id/outputs': 'reader',
  'GET /workflows/:id/console': 'reader',
  'GET /workflows/:id/access': 'reader',
  'GET /workflows/:id/remove': 'reader',
  'POST /workflows/samples': 'admin',
  'POST /workflows/:id/sync': 'admin',
  'POST /workflows/:id/check': 'admin',
  'POST /workflows/:id/enable': 'admin',
  'POST /workflows/:id/disable': 'admin',
  'POST /workflows/add': 'admin',
  'POST /workflows/import': 'admin',
  'POST /workflows/import/add': 'admin',
  'POST /workflows/:id/key': 'admin',
  'POST /workflows/:id/limit': 'admin',
  'POST /workflows/:id/outputs': 'admin',
  'POST /workflows/:id/console': 'admin',
  'POST /workflows/:id/access': 'admin',
  'POST /workflows/:id/remove': 'admin',

  'GET /usage': 'reader',
  'GET /usage.csv': 'reader',
  'GET /usage/limit': 'reader',
  'POST /usage/limit': 'admin',
  'GET /audit': 'reader',
  'GET /audit/export': 'reader',
  'GET /data': 'admin',
  'POST /data/person': 'admin',
  'POST /data/erase': 'admin',

  'GET /access': 'admin',
  'POST /access': 'admin',
  'GET /access/:token/revoke': 'admin',
  'POST /access/:token/revoke': 'admin',

  'GET /api/batch/': 'anyone',
  'GET /api/batch/:task_id/status': 'anyone',
  'GET /api/batch/:task_id/events': 'anyone',
  'GET /api/batch/:task_id/files.zip': 'anyone',
  'GET /api/batch/:task_id/download': 'anyone',
  'GET /api/batch/:task_id/comparison': 'anyone',
  'GET /api/batch/:task_id/comparison/download': 'anyone',
  'GET /api/batch/:task_id/links': 'anyone',
  'GET /api/batch/:task_id/executions': 'anyone',
  'GET /api/batch/:task_id/executions/:row': 'anyone',
  'GET /api/batch/:task_id/executions/:row/files/:n': 'anyone',
  'GET /api/batch/:task_id/errors': 'anyone',
  'GET /api/batch/:task_id/logs': 'anyone',
  'GET /api/batch/:task_id/waiting': 'anyone',
  'POST /api/batch/upload': 'runner',
  'POST /api/batch/execute': 'runner',
  'POST /api/batch/:task_id/pause': 'runner',
  'POST /api/batch/:task_id/resume': 'runner',
  'PATCH /api/batch/:task_id': 'runner',
  'POST /api/batch/:task_id/stop': 'runner',
  'POST /api/batch/:task_id/retry-failed': 'runner',
  'POST /api/batch/:task_id/run-again': 'runner',
  'POST /api/batch/:task_id/executions/:row/retry': 'runner',
  'PATCH /api/batch/:task_id/executions/:row': 'runner',
  'POST /api/batch/:task_id/fetch-files': 'runner',
  'POST /api/batch/:task_id/waiting/:form_id': 'runner',
  'DELETE /api/batch/:task_id': 'runner',
  'DELETE /api/batch/:task_id/links/:link_id': 'runner',

  'GET /api/workflows': 'anyone',
  'GET /api/workflows/:workflow_id/template': 'anyone',
  'POST /api/workflows': 'admin',
  'POST /api/workflows/import': 'admin',
  'POST /api/workflows/:workflow_id/sync': 'admin',
  'POST /api/workflows/:workflow_id/check': 'admin',
  'PATCH /api/workflows/:workflow_id': 'admin',
  'DELETE /api/workflows/:workflow_id': 'admin',

  'GET /api/usage': 'reader',
  'GET /api/usage.csv': 'reader',
  'PUT /api/usage/limits': 'admin',

  'GET /api/audit.csv': 'reader',
  'GET /api/audit.jsonl': 'reader',
  'POST /api/people/export': 'admin',
  'POST /api/erase': 'admin',

  'GET /api/tokens': 'admin',
  'POST /api/tokens': 'admin',
  'DELETE /api/tokens/:token_id': 'admin',
}

/** What a request’s path leads to. */
export interface AccessRule {
  /** as the route was declared: `/batch/:id/stop` */
  path: string
  least: Least
  /** the task in the path; undefined: there is none */
  taskId: string | undefined
}

interface Pattern extends Omit<AccessRule, 'taskId'> {
  method: string
  parts: string[]
}

const PATTERNS: Pattern[] = Object.entries(ACCESS)
  .map(([route, least]) => {
    const [method = '', path = ''] = route.split(' ')
    return { method, path, least, parts: partsOf(path) }
  })
  // What is named comes before what is any text, as in the router.
  .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))

/** Undefined: there is no such route. */
export function accessRule(method: string, pathname: string): AccessRule | undefined {
  const parts = partsOf(pathname)
  const asked = method === 'HEAD' ? 'GET' : method
  const found = PATTERNS.find((pattern) => pattern.method === asked && fits(pattern.parts, parts))
  if (!found) return undefined
  const at = found.parts.findIndex(
    (part, index) => part === ':task_id' || (part === ':id' && isTask(found, index)),
  )
  return { path: found.path, least: found.least, taskId: at < 0 ? undefined : decoded(parts[at] ?? '') }
}

function isTask({ parts }: Pattern, index: number): boolean {
  return index === 1 && parts[0] === 'batch'
}

function fits(pattern: string[], parts: string[]): boolean {
  return (
    pattern.length === parts.length && pattern.every((part, at) => part === parts[at] || part.startsWith(':'))
  )
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}

function sortKey({ parts }: Pattern): string {
  return parts.map((part) => (part.startsWith(':') ? '1' : `0${part}`)).join('/')
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
