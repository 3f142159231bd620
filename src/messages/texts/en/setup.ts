import { ROWBOT } from '../../../engine/this-program.ts'

/** What `rowbot init`, `healthy` and `completion` say. They are read before anything is set up. */
export const setup = () => ({
  /** `healthy` */
  isHealthy: (address: string) => `Rowbot answers at ${address}.`,
  isSick: (address: string, why: string) => `Rowbot does not answer at ${address}: ${why}.`,
  noAnswerWithin: (seconds: number) => `nothing within ${seconds} s`,

  /** `init`: the questions. An empty answer leaves the setting as it is. */
  intro: (file: string) =>
    `This asks for what Rowbot needs and writes it to ${file}. Enter skips a question.`,
  difyUrl: 'Address of Dify’s API',
  difyKeys: 'API keys of the Dify apps to run, with commas between (Dify: the app → API Access)',
  slackBotToken: 'Slack: the bot token, xoxb-… (docs/slack.md; Enter: no Slack)',
  slackAppToken: 'Slack: the app-level token, xapp-…',
  discordToken: 'Discord: the bot’s token (docs/discord.md; Enter: no Discord)',
  publicUrl: 'URL of the page for others (Enter: this machine only)',
  notShown: 'not shown as you type',
  now: (value: string) => `now ${value}`,
  isSet: 'set already; Enter keeps it',
  replace: (name: string) => `${name} is set already, to something else. Replace it?`,
  yesOrNo: 'y/N',
  yes: ['y', 'yes'],

  /** `init`: what it did */
  written: (file: string) => `Written to ${file}, which only you can read:`,
  unchanged: (file: string) => `${file} has all of this already. Nothing was changed.`,
  nothingGiven: 'Nothing was given, so nothing was written.',
  nothingGivenHint: `At a terminal it asks. Elsewhere give options, or --from FILE: see ${ROWBOT} init --help.`,
  added: (name: string) => `  + ${name}`,
  replaced: (name: string) => `  ~ ${name} (was set to something else)`,
  kept: (name: string) => `  · ${name} stays as it was`,
  conflict: (names: string, file: string) =>
    `${names} in ${file} is set already, to something else. Nothing was changed.`,
  conflictHint: 'Add --replace to replace what is there, or edit the file.',
  notASetting: (line: number) => `Line ${line} is not NAME=value.`,
  unknownSetting: (name: string) => `There is no setting ${name}.`,
  unknownSettingHint: '.env.example and the README list them all.',
  notOneLine: (name: string) =>
    `The value of ${name} has more than one line, or ', " and $ together: it cannot be written.`,
  unreadable: (file: string, why: string) => `${file} cannot be read: ${why}.`,
  unwritable: (file: string, why: string) => `${file} cannot be written: ${why}. Nothing was changed.`,
  inEnvironment: (names: string) =>
    `The environment sets ${names}, too, and comes before the file. Unset it there, or Rowbot will not use what was written.`,

  /** `init`: the checks */
  checking: 'Asking the servers whether they take it:',
  keyWorks: (app: string) => `“${app}” answers, and its key works.`,
  keyFails: (number: number, why: string) => `Key ${number} of DIFY_API_KEYS: ${why}`,
  noKeys: 'DIFY_API_KEYS is not set: no Dify app can be run yet.',
  addLater: `${ROWBOT} workflow add adds one at any time`,
  next: `Next: ${ROWBOT} serve, or ${ROWBOT} doctor for every check.`,
  correct: `Put right what is marked ✖: ${ROWBOT} init --replace, or edit the file.`,

  /** `completion` */
  completionHint: {
    bash: 'eval "$(rowbot completion bash)"   # in ~/.bashrc',
    zsh: 'eval "$(rowbot completion zsh)"   # in ~/.zshrc, after compinit',
    fish: 'rowbot completion fish | source   # in ~/.config/fish/config.fish',
  },
})
