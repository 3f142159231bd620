import type { Fix } from '../doctor-result.ts'

/** What a person does on the app’s own page at Slack. @param clicks from the page’s menu on */
export function onAppPage(appId: string | undefined, clicks: string, paste?: string): Fix {
  const page = appId ? `https://api.slack.com/apps/${appId}` : 'https://api.slack.com/apps → your app'
  return { where: `${page} → ${clicks}`, ...(paste !== undefined && { paste }) }
}

/** How to add a scope. A new scope counts only once the app is installed again. */
export function addScope(appId: string | undefined, scope: string): Fix {
  return onAppPage(
    appId,
    'OAuth & Permissions → Bot Token Scopes → Add an OAuth Scope, then Reinstall to Workspace at the top',
    scope,
  )
}

export const COPY_BOT_TOKEN =
  'OAuth & Permissions → Bot User OAuth Token → Copy, into SLACK_BOT_TOKEN in .env (it begins with xoxb-)'
export const MAKE_APP_TOKEN =
  'Basic Information → App-Level Tokens → Generate Token and Scopes → Add Scope, then copy the token into SLACK_APP_TOKEN in .env (it begins with xapp-)'
