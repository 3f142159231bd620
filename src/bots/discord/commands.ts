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
import { textsFor } from '../../messages/texts/texts.ts'
import { COMMAND_VERBS, type CommandVerb } from '../handlers/commands.ts'
import { DISCORD_LIMITS } from './limits.ts'

export const MESSAGE_COMMAND = 'Run batch'

/** The commands to register with Discord, in both languages. */
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
      name: 'batch',
      name_localizations: { 'zh-CN': '批量' },
      ...described(EN.commands.help, ZH.commands.help),
      options: COMMAND_VERBS.map(subcommand),
    },
    {
      ...everywhere,
      type: ApplicationCommandType.Message,
      name: MESSAGE_COMMAND,
      name_localizations: { 'zh-CN': '批量运行' },
    },
  ]
}

const EN = textsFor('en')
const ZH = textsFor('zh-CN')

const VERBS_ZH: Record<CommandVerb, string> = {
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
}

function subcommand(verb: CommandVerb): APIApplicationCommandOption {
  return {
    type: Option.Subcommand,
    name: verb,
    name_localizations: { 'zh-CN': VERBS_ZH[verb] },
    ...described(EN.commands.verbs[verb], ZH.commands.verbs[verb]),
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
  name: 'file',
  name_localizations: { 'zh-CN': '文件' },
  ...described(EN.wizard.forms.fileLabel, ZH.wizard.forms.fileLabel),
  required: true,
}

/** The files that a command takes: the first, and further ones. */
export const FILE_OPTIONS = ['file', 'file2', 'file3', 'file4', 'file5']

function furtherFile(name: string): Basic {
  return {
    type: Option.Attachment,
    name,
    name_localizations: { 'zh-CN': name.replace('file', '文件') },
    ...described(EN.commands.arguments.file, ZH.commands.arguments.file),
    required: false,
  }
}

const TASK: Basic = {
  type: Option.String,
  name: 'task',
  name_localizations: { 'zh-CN': ZH.commands.arguments.task },
  ...described(EN.commands.arguments.task, ZH.commands.arguments.task),
  required: true,
  autocomplete: true,
}

function workflow(required: boolean): Basic {
  return {
    type: Option.String,
    name: 'workflow',
    name_localizations: { 'zh-CN': ZH.commands.arguments.workflow },
    ...described(EN.commands.arguments.workflow, ZH.commands.arguments.workflow),
    required,
    autocomplete: true,
  }
}

function described(en: string, zh: string) {
  return {
    description: clip(en, DISCORD_LIMITS.descriptionChars),
    description_localizations: { 'zh-CN': clip(zh, DISCORD_LIMITS.descriptionChars) },
  }
}
