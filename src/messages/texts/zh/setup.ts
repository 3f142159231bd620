import { ROWBOT } from '../../../engine/this-program.ts'
import type { setup as english } from '../en/setup.ts'

export const setup = (): ReturnType<typeof english> => ({
  isHealthy: (address) => `Rowbot 在 ${address} 正常响应。`,
  isSick: (address, why) => `Rowbot 在 ${address} 没有响应：${why}。`,
  noAnswerWithin: (seconds) => `${seconds} 秒内没有回应`,

  intro: (file) => `下面会询问 Rowbot 所需的设置，并写入 ${file}。按 Enter 跳过一项。`,
  difyUrl: 'Dify API 的地址',
  difyKeys: '要运行的 Dify 应用的 API 密钥，用英文逗号分隔（Dify：应用 → 访问 API）',
  slackBotToken: 'Slack：机器人令牌 xoxb-…（见 docs/slack.md；Enter：不用 Slack）',
  slackAppToken: 'Slack：应用级令牌 xapp-…',
  discordToken: 'Discord：机器人令牌（见 docs/discord.md；Enter：不用 Discord）',
  publicUrl: '供他人访问的页面地址（Enter：仅本机）',
  notShown: '输入时不显示',
  now: (value) => `当前为 ${value}`,
  isSet: '已设置；按 Enter 保留',
  replace: (name) => `${name} 已设置为其他值。要替换吗？`,
  yesOrNo: 'y/N',
  yes: ['y', 'yes', '是'],

  written: (file) => `已写入 ${file}，只有您可以读取：`,
  unchanged: (file) => `${file} 中已有这些设置，没有任何改动。`,
  nothingGiven: '没有提供任何设置，因此没有写入。',
  nothingGivenHint: `在终端中运行会逐项询问；否则请使用选项或 --from FILE，参见 ${ROWBOT} init --help。`,
  added: (name) => `  + ${name}`,
  replaced: (name) => `  ~ ${name}（原来是其他值）`,
  kept: (name) => `  · ${name} 保持不变`,
  conflict: (names, file) => `${file} 中的 ${names} 已设置为其他值。没有任何改动。`,
  conflictHint: '加上 --replace 可替换原有的值，也可以直接编辑文件。',
  notASetting: (line) => `第 ${line} 行不是 NAME=value 的形式。`,
  unknownSetting: (name) => `没有名为 ${name} 的设置。`,
  unknownSettingHint: '.env.example 和 README 列出了全部设置。',
  notOneLine: (name) => `${name} 的值超过一行，或同时含有 '、" 和 $，无法写入。`,
  unreadable: (file, why) => `无法读取 ${file}：${why}。`,
  unwritable: (file, why) => `无法写入 ${file}：${why}。没有任何改动。`,
  inEnvironment: (names) =>
    `环境变量中也设置了 ${names}，且优先于文件。请在那里取消，否则 Rowbot 不会使用写入的值。`,

  checking: '正在询问各服务器是否接受这些设置：',
  keyWorks: (app) => `“${app}”有响应，密钥有效。`,
  keyFails: (number, why) => `DIFY_API_KEYS 的第 ${number} 个密钥：${why}`,
  noKeys: '尚未设置 DIFY_API_KEYS：目前无法运行任何 Dify 应用。',
  addLater: `随时可以用 ${ROWBOT} workflow add 添加`,
  next: `下一步：${ROWBOT} serve，或用 ${ROWBOT} doctor 进行全部检查。`,
  correct: `请更正标有 ✖ 的项：运行 ${ROWBOT} init --replace，或编辑文件。`,

  completionHint: {
    bash: 'eval "$(rowbot completion bash)"   # 写入 ~/.bashrc',
    zsh: 'eval "$(rowbot completion zsh)"   # 写入 ~/.zshrc，在 compinit 之后',
    fish: 'rowbot completion fish | source   # 写入 ~/.config/fish/config.fish',
  },
})
