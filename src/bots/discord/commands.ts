import {
  type APIApplicationCommandOption,
  ApplicationCommandOptionType as Option,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
  type RESTPostAPIApplicationCommandsJSONBody,
} from 'discord.js'
import { clip } from '../../messages/rich-text.ts'
import { type Locale, type Texts, textsFor } from '../../messages/texts/texts.ts'
import { COMMAND_VERBS, type CommandVerb } from '../handlers/commands.ts'
import { DISCORD_LIMITS } from './limits.ts'

export const MESSAGE_COMMAND = 'Run batch'

/** The commands to register with Discord, in every language. */
export function commandsOf(): RESTPostAPIApplicationCommandsJSONBody[] {
  const everywhere = {
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
    integration_types: [ApplicationIntegrationType.GuildInstall],
    // Only a default: a server’s admins change it under Server Settings, Integrations.
    default_member_permissions: String(PermissionFlagsBits.SendMessages),
  }
  return [
    {
      ...everywhere,
      type: ApplicationCommandType.ChatInput,
      ...named('batch'),
      ...described((texts) => texts.commands.help),
      options: COMMAND_VERBS.map(subcommand),
    },
    {
      ...everywhere,
      type: ApplicationCommandType.Message,
      ...named(MESSAGE_COMMAND),
    },
  ]
}

type Name =
  | CommandVerb
  | 'batch'
  | typeof MESSAGE_COMMAND
  | (typeof FILE_OPTIONS)[number]
  | 'task'
  | 'workflow'

const NAMES_ZH: Record<Name, string> = {
  batch: '批量',
  [MESSAGE_COMMAND]: '批量运行',
  new: '新建',
  list: '列表',
  status: '状态',
  pause: '暂停',
  resume: '继续',
  stop: '停止',
  retry: '重试',
  results: '结果',
  template: '模板',
  help: '帮助',
  file: '文件',
  file2: '文件2',
  file3: '文件3',
  file4: '文件4',
  file5: '文件5',
  task: '任务',
  workflow: '工作流',
}

// oxfmt-ignore: written by “bun run texts” from the constant above
const NAMES_ZH_TW: Record<Name, string> = {
  batch: '批次',
  [MESSAGE_COMMAND]: '批次執行',
  new: '建立',
  list: '清單',
  status: '狀態',
  pause: '暫停',
  resume: '繼續',
  stop: '停止',
  retry: '重試',
  results: '結果',
  template: '範本',
  help: '說明',
  file: '檔案',
  file2: '檔案2',
  file3: '檔案3',
  file4: '檔案4',
  file5: '檔案5',
  task: '任務',
  workflow: '工作流程',
}

function subcommand(verb: CommandVerb): APIApplicationCommandOption {
  return {
    type: Option.Subcommand,
    ...named(verb),
    ...described((texts) => texts.commands.verbs[verb]),
    options: argumentsOf(verb),
  }
}

type Basic = Extract<APIApplicationCommandOption, { type: Option.String | Option.Attachment }>

function argumentsOf(verb: CommandVerb): Basic[] {
  switch (verb) {
    case 'new':
      return [FILE, ...FILE_OPTIONS.slice(1).map(furtherFile), workflow(false)]
    case 'template':
      return [workflow(true)]
    case 'status':
    case 'pause':
    case 'resume':
    case 'stop':
    case 'retry':
    case 'results':
      return [TASK]
    case 'list':
    case 'help':
      return []
  }
}

/** No list of file types: Discord would refuse a .numbers file with its own message, while ours says what to do. */
const FILE: Basic = {
  type: Option.Attachment,
  ...named('file'),
  ...described((texts) => texts.wizard.forms.fileLabel),
  required: true,
}

/** The files that a command takes: the first, and further ones. */
export const FILE_OPTIONS = ['file', 'file2', 'file3', 'file4', 'file5'] as const

function furtherFile(name: (typeof FILE_OPTIONS)[number]): Basic {
  return {
    type: Option.Attachment,
    ...named(name),
    ...described((texts) => texts.commands.arguments.file),
    required: false,
  }
}

const TASK: Basic = {
  type: Option.String,
  ...named('task'),
  ...described((texts) => texts.commands.arguments.task),
  required: true,
  autocomplete: true,
}

function workflow(required: boolean): Basic {
  return {
    type: Option.String,
    ...named('workflow'),
    ...described((texts) => texts.commands.arguments.workflow),
    required,
    autocomplete: true,
  }
}

function named<N extends Name>(name: N) {
  return { name, name_localizations: { 'zh-CN': NAMES_ZH[name], 'zh-TW': NAMES_ZH_TW[name] } }
}

function described(text: (texts: Texts) => string) {
  const into = (locale: Locale) => clip(text(textsFor(locale)), DISCORD_LIMITS.descriptionChars)
  return {
    description: into('en'),
    description_localizations: { 'zh-CN': into('zh-CN'), 'zh-TW': into('zh-TW') },
  }
}
