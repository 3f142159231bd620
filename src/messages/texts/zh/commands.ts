import type { commands as english } from '../en/commands.ts'
import type { Numbers } from '../numbers.ts'

export const commands = (n: Numbers): ReturnType<typeof english> => ({
  list: '我的任务',
  listHere: '本频道里其他人的任务',
  listOthers: '其他人的任务',
  noneOpen: '目前没有正在运行或等待的任务。',
  waits: '等您处理',
  recent: '最近的结果',
  firstSteps: '开始使用',
  steps: [
    '1. 在“消息”标签页把表格发给我，或点“新建批量任务”，或在频道里带着表格 @我。',
    '2. 我会问四个问题：哪个工作流、上传是否正确、如何运行、是否开始。',
    '3. 填好的表格会发回来。其他功能请输入 /batch help。',
  ],
  none: '还没有任务。给我发一个表格或一些文件，或者带着它们 @我。',
  resultWaits: (name, command) => [name, ' 的结果还没有送达：没有能发送的地方。', command, ' 可以发到这里。'],
  haltWaits: (name, command) => [name, ' 已停止，需要您处理：', command],
  more: (tasks, page) =>
    page === undefined ? [`……还有 ${n.count(tasks)} 个`] : [`……还有 ${n.count(tasks)} 个，见`, page],
  hello: '我对表格的每一行运行一个 Dify 工作流，再把填好的表格发回来。',
  helloNow: '请把表格（.xlsx、.xls、.ods 或 .csv）私信发给我，或者在频道里带着表格 @我。',
  helloCommands: '命令：',
  help: '如何对每一行运行工作流',
  helpLines: [
    '给我发一个表格文件（.xlsx、.xls、.ods 或 .csv），或者带着文件 @我。我会问四个问题，对每一行运行您选的工作流，再把填好的表格发回来。',
    '单元格里提到的文件请放在同一条消息里，也可以打包成 ZIP。只有文件、没有表格时，每个文件作为一行。',
  ],
  verbs: {
    new: '上传文件，新建任务',
    list: '我的任务',
    status: '查看任务进度',
    pause: '不再开始新的行',
    resume: '继续已暂停或已停止的任务',
    stop: '立即停止任务，已有结果会保留',
    retry: '重新运行失败的行',
    results: '重新发送结果',
    template: '下载工作流的填写模板',
    help: '显示此说明',
  },
  arguments: { task: '任务', workflow: '工作流', file: '另一个文件，一并提供' },
  whichTask: (verb) => `哪个任务？请输入 “${verb}” 加任务编号，例如 “${verb} k7f2”。用 “list” 可以查看编号。`,
  whichWorkflow: (names) => `哪个工作流？可选：${names.map((name) => `“${name}”`).join('、')}。`,
  unknownVerb: (said) =>
    `不认识“${said}”。把表格发给我，或者带着表格 @我，我会对每一行运行工作流。“help” 列出所有命令。`,
  unknownWorkflow: (name) => `这里没有您可以使用的工作流“${name}”。`,
})
