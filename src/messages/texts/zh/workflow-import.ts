import type { workflowImport as english } from '../en/workflow-import.ts'
import type { Numbers } from '../numbers.ts'

export const workflowImport = (n: Numbers): ReturnType<typeof english> => ({
  link: '从 Dify 批量添加应用…',
  title: '从 Dify 批量添加应用',
  intro: (switchedOn, key) => [
    '如果您自己的 Dify 服务器启动时设置了 ',
    switchedOn,
    ' 和 ',
    key,
    '，它会列出一个工作空间的全部应用，您可以从中选择要添加的。',
  ],
  url: 'Dify 服务器地址',
  urlHint: '见“访问 API”页面，通常以 /v1 结尾。',
  adminKey: '管理员 API 密钥',
  adminKeyHint: (setting) => ['Dify 服务器的 ', setting, '。只在这一次使用，不会保存或显示。'],
  workspace: '工作空间 ID',
  workspaceHint: (command) => ['UUID，在 Dify 服务器上运行以下命令即可看到：', command],
  submit: '列出应用',
  fieldMissing: '请填写全部三项。',
  expired: '已过了一段时间，而管理员 API 密钥不会保留。请再填写一次。',
  choose: (host) => `${host} 的应用`,
  chooseIntro: '添加的每个应用都会在 Dify 中获得自己的 API 密钥，并成为这里的一个工作流。',
  legend: '选择应用',
  here: '已添加',
  others: (count) => `另有 ${n.count(count)} 个应用的类型 Rowbot 无法运行。`,
  none: '这个工作空间中没有 Rowbot 可以运行的应用。',
  allHere: '它们都已添加。',
  addChosen: '添加所选应用',
  addAll: (count) => `添加全部 ${n.count(count)} 个新应用`,
  nothingChosen: '请至少选择一个应用。',
  resultTitle: '添加结果',
  result: (added, failed) => {
    const apps = `已添加 ${n.count(added)} 个应用。`
    return failed === 0 ? apps : `${apps}${n.count(failed)} 个未能添加。`
  },
  added: '已添加',
  failed: '未添加',
  sharedKey:
    '它在 Dify 中已有十个密钥，达到上限，因此使用其中最新的一个：如果有人在 Dify 中删除该密钥，这里也会停止工作。',
  again: (count) => `重试这 ${n.count(count)} 个`,
  toWorkflows: '查看工作流',
})
