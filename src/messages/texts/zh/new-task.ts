import type { newTask as english } from '../en/new-task.ts'
import type { Numbers } from '../numbers.ts'

export const newTask = (n: Numbers): ReturnType<typeof english> => ({
  title: '新建任务',
  steps: {
    label: '步骤',
    names: { workflow: '工作流', check: '检查', parameters: '参数', confirm: '开始' },
    done: '已完成',
  },
  addedWorkbook: (name: string) =>
    `${name} 是表格文件。请把它拖到更换文件的位置；这里只添加单元格中提到的文件。`,
  tooManyFiles: (files: number, limit: number) =>
    `共 ${n.count(files)} 个文件，超过了 ${n.count(limit)} 个的上限。`,
  entry: {
    lead: '表格中的每一行都会经过一次 Dify 工作流，结果连同原始数据一并返回。确认读取的内容之前，不会运行任何内容。',
    drop: '把表格和单元格中提到的文件一起拖到这里',
    or: '也可以只拖文件，每个文件一行。点击选择。',
    accepts: (megabytes, rows, columns) =>
      `支持 Excel（.xlsx、.xlsm、.xls、.xlsb）、.ods 或 .csv，最大 ${n.rough(megabytes)} MB、${n.count(rows)} 行、${n.count(columns)} 列`,
    send: '上传',
    sending: '正在上传并读取…',
    dropped: '正在上传',
    workflow: '工作流',
    fitting: '自动选择与列相符的',
    only: (workflow) => `每一行都会运行“${workflow}”。`,
    templates: '下载填写模板',
    templatesHint: '每个工作流都有对应的模板：表头、下拉选项和填写说明都已备好。',
    noWorkflow: '请先添加工作流：Rowbot 需要一个 Dify 应用的 API 密钥。添加之后再来上传文件。',
    addWorkflow: '添加工作流',
    viewer: '您可以查看任务，但不能新建。请用管理员令牌登录后再新建任务。',
    sentBefore: '这个文件已经上传过。如果任务列表中没有，请重新上传。',
  },
  startedBy: (name) => `由 ${name} 发起。`,
  choose: '选择',
  startAgain: '重新开始',
  openTask: '打开任务',
  refresh: '刷新',
  notFound: '这里没有这份草稿。',
  notFoundHint: '它可能早已结束，或属于某个聊天。',
  dropCorrected: '把修改后的文件拖到这里，或点击选择',
  dropFiles: '把单元格中提到的文件也拖到这里，或点击选择',
  dropMoreFiles: '把更多文件拖到这里，或点击选择：每个文件一行',
  dropOther: '把另一个文件拖到这里，或点击选择',
  check: {
    came: (files: number) => `附带 ${n.count(files)} 个文件`,
    listed: (files: number) => `${n.count(files)} 个文件，每个文件一行`,
    reading: '读取方式',
    sheet: '工作表',
    faults: '待处理',
    preview: (rows) => (rows === 1 ? '第一行' : `前 ${n.count(rows)} 行`),
    feeds: '对应',
    notSent: '保留，不发送',
    fault: '有问题',
    leftEmpty: '留空：',
  },
  columns: {
    help: '请为每个输入选择提供数据的列，或填写一个所有行共用的值。',
    constant: '或所有行用同一个值',
    input: '输入',
    column: '列',
    required: '必填',
    optional: '选填',
  },
  confirm: {
    tryHint: '只运行第一行，其余的先等待：看过输出和费用后再决定是否继续。',
  },
})
