import {
  ColumnNode,
  type ColumnUpdateNode,
  InsertQueryNode,
  type OnConflictNode,
  type OperationNode,
  PrimitiveValueListNode,
  type QueryCompiler,
  type QueryId,
  type RootOperationNode,
  TableNode,
  UpdateQueryNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
} from 'kysely'
import { type SealedAs, sealedColumnsOf } from './columns.ts'
import { SealedParam, type SealedTexts } from './sealed-texts.ts'

/**
 * A compiler that marks what an insert or update writes to columns that are encrypted, while the setting is on. The
 * connection encrypts what is marked: a statement that is built once (compiled.ts) has placeholders here.
 */
export function marking(compiler: QueryCompiler, texts: SealedTexts): QueryCompiler {
  return {
    compileQuery(node: RootOperationNode, queryId: QueryId) {
      return compiler.compileQuery(texts.isOn ? marked(node) : node, queryId)
    },
  }
}

type Columns = Partial<Record<string, SealedAs>>

function marked(node: RootOperationNode): RootOperationNode {
  if (InsertQueryNode.is(node)) return markedInsert(node)
  if (UpdateQueryNode.is(node)) return markedUpdate(node)
  return node
}

function markedInsert(node: InsertQueryNode): InsertQueryNode {
  const columns = columnsOf(node.into)
  if (!columns) return node
  const names = node.columns?.map(({ column }) => column.name) ?? []
  return {
    ...node,
    ...(node.values && ValuesNode.is(node.values) && { values: markedValues(node.values, names, columns) }),
    ...(node.onConflict && { onConflict: markedConflict(node.onConflict, columns) }),
  }
}

function markedValues({ values }: ValuesNode, names: string[], columns: Columns): ValuesNode {
  const kinds = names.map((name) => columns[name])
  return ValuesNode.create(
    values.map((row) =>
      PrimitiveValueListNode.is(row)
        ? PrimitiveValueListNode.create(row.values.map((value, i) => markedPlain(value, kinds[i])))
        : ValueListNode.create(row.values.map((value, i) => markedValue(value, kinds[i]))),
    ),
  )
}

function markedConflict(node: OnConflictNode, columns: Columns): OnConflictNode {
  return node.updates ? { ...node, updates: markedUpdates(node.updates, columns) } : node
}

function markedUpdate(node: UpdateQueryNode): UpdateQueryNode {
  const columns = columnsOf(node.table)
  return columns && node.updates ? { ...node, updates: markedUpdates(node.updates, columns) } : node
}

function markedUpdates(updates: readonly ColumnUpdateNode[], columns: Columns): ColumnUpdateNode[] {
  return updates.map((update) => {
    const as = ColumnNode.is(update.column) ? columns[update.column.column.name] : undefined
    return as ? { ...update, value: markedValue(update.value, as) } : update
  })
}

/** Other expressions only move what is stored already. */
function markedValue(node: OperationNode, as: SealedAs | undefined): OperationNode {
  return as && ValueNode.is(node) && !node.immediate ? ValueNode.create(markedPlain(node.value, as)) : node
}

function markedPlain(value: unknown, as: SealedAs | undefined): unknown {
  return as && value !== null ? new SealedParam(value, as) : value
}

function columnsOf(table: OperationNode | undefined): Columns | undefined {
  return table && TableNode.is(table) ? sealedColumnsOf(table.table.identifier.name) : undefined
}
