import type { AccessRole } from '../db/schema.ts'

/** An OpenID Connect provider with which people sign in to the page. */
export interface ProviderSettings {
  /** its address, as the provider itself says it */
  issuer: string
  clientId: string
  /** undefined: a public client, which has PKCE only */
  clientSecret: string | undefined
  /** what the button calls it */
  name: string
  /** what is asked for, with spaces between */
  scope: string
  /** the claim that has the roles or groups; dots lead into objects: `realm_access.roles` */
  roleClaim: string
  roles: RoleRule[]
}

/** Whoever has this value in the claim has this role. */
export interface RoleRule {
  role: AccessRole
  /** `*`: everybody whom the provider lets in */
  value: string
}

const BY_RANK = ['admin', 'runner', 'viewer'] as const satisfies AccessRole[]

/** `admin=rowbot-admins,runner=staff,viewer=*`. Undefined: it cannot be read. */
export function readRoleRules(text: string): RoleRule[] | undefined {
  const rules = text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
    .map((one) => {
      const at = one.indexOf('=')
      const role = BY_RANK.find((each) => each === one.slice(0, at).trim())
      const value = one.slice(at + 1).trim()
      return at > 0 && role && value !== '' ? { role, value } : undefined
    })
  return rules.every((one) => one !== undefined) ? rules : undefined
}

/** The highest role that the claims give; undefined: none. */
export function roleOfClaims(
  claims: Record<string, unknown>,
  { roleClaim, roles }: Pick<ProviderSettings, 'roleClaim' | 'roles'>,
): AccessRole | undefined {
  const values = valuesOf(claims, roleClaim)
  return BY_RANK.find((role) =>
    roles.some((rule) => rule.role === role && (rule.value === '*' || values.includes(rule.value))),
  )
}

/** A claim may be a text, with spaces between its values, or a list. Its whole name counts before its dots do. */
function valuesOf(claims: Record<string, unknown>, path: string): string[] {
  const found = Object.hasOwn(claims, path)
    ? claims[path]
    : path
        .split('.')
        .reduce<unknown>((at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), claims)
  if (typeof found === 'string') return [found, ...found.split(' ')]
  return Array.isArray(found) ? found.filter((one) => typeof one === 'string') : []
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
