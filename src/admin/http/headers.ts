/**
 * On every answer. Nothing loads from other sites, no inline script or style runs, nobody may frame the page, no
 * other site sees our URLs, and nothing is cached unless it says that it may be.
 */
export function securityHeaders(isHttps: boolean): Record<string, string> {
  return {
    'content-security-policy': CSP,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'x-robots-tag': 'noindex',
    'cache-control': 'no-store',
    [OURS]: '1',
    ...(isHttps && { 'strict-transport-security': 'max-age=31536000' }),
  }
}

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

/** Tells the page’s script our answers from those of a proxy in front of us, and whether Rowbot is shutting down. */
export const OURS = 'x-rowbot'
export const STOPPING = 'stopping'
