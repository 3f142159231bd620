/** Notifications of a task's end: what is not allowed, and why one did not arrive. */
export const NOTICES = {
  'no-mail': () => 'No e-mail can be sent.',
  'do-set-smtp': () => 'An admin sets ROWBOT_SMTP_URL and ROWBOT_MAIL_FROM.',
  'mail-domain-refused': ({ domain }: { domain: string }) => `E-mails to ${domain} are not allowed.`,
  'do-name-domain': () => 'An admin names the domain in ROWBOT_MAIL_DOMAINS.',
  'not-an-email': ({ address }: { address: string }) => `“${address}” is not an e-mail address.`,
  'too-many-emails': ({ max }: { max: number }) => `At most ${max} addresses can get an e-mail.`,
  'do-use-mailing-list': () => 'Use a mailing list.',
  'no-results-folder': () => 'There is no results folder.',
  'do-set-results-folder': () => 'An admin sets ROWBOT_RESULTS_FOLDER.',
  'no-webhook-secret': () => 'No webhook can be sent: there is no secret to sign it with.',
  'do-set-webhook-secret': () => 'An admin sets ROWBOT_WEBHOOK_SECRET.',
  'webhook-not-https': () => 'The webhook’s address must be an https address, without a user name.',
  'webhook-host-refused': ({ host }: { host: string }) => `Webhooks to ${host} are not allowed.`,
  'do-name-host': () => 'An admin names the host in ROWBOT_WEBHOOK_HOSTS.',

  'notice-to': ({ where, why }: { where: string; why: string }) => `${where}: ${why}`,
  'notice-fault': () => 'an error in Rowbot; its log has the details',
  'receiver-too-slow': ({ seconds }: { seconds: number }) => `no answer within ${seconds} s`,
  'receiver-unreachable': ({ why }: { why: string }) => `no connection (${why})`,
  'receiver-wants-no-more': () => 'the receiver answered 410: it wants no more of these',
  'receiver-redirects': ({ status }: { status: number }) =>
    `the receiver answered ${status}; redirects are not followed`,
  'receiver-answered': ({ status }: { status: number }) => `the receiver answered ${status}`,
  'folder-is-none': () => 'the results folder is no folder',
  'folder-not-writable': ({ why }: { why: string }) => `the results folder cannot be written (${why})`,
  'mail-login-refused': () => 'the mail server does not accept the login',
  'mail-server-unreachable': ({ why }: { why: string }) => `the mail server cannot be reached (${why})`,
  'mail-server-answered': ({ status }: { status: number }) => `the mail server answered ${status}`,
  'mail-server-says': ({ status, words }: { status: number; words: string }) =>
    `the mail server answered ${status}: ${words}`,
} as const
