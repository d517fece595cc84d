import type { JsonObject, JsonValue } from '@imperal/contract'

/** A node as a builder made it: frozen plain data that serialises to itself. */
export type UINode = {
  readonly type: string
  readonly props: JsonObject
  readonly id?: string
  readonly key?: string
  readonly revision?: string | number
}

export type Child = UINode | null | undefined | false
/** One child or several; `null`, `undefined` and `false` are left out, so `condition && node` works. */
export type Children = Child | readonly Child[]

export type Confirm =
  | string
  | {
      readonly title?: string
      readonly message: string
      readonly confirmLabel?: string
      readonly destructive?: boolean
    }

export type CallAction = { readonly action: 'call'; readonly function: string; readonly params: JsonObject }
export type NavigateAction = { readonly action: 'navigate'; readonly path: string }
export type SendAction = { readonly action: 'send'; readonly message: string }
export type OpenAction = { readonly action: 'open'; readonly url: string }
/** What happens when a person does something: plain data, run by the shell. */
export type Action = CallAction | NavigateAction | SendAction | OpenAction

/** Something that names a function, as `chat.function(...)` returns it. */
export type FunctionRef<I extends object = JsonObject> = { readonly functionName: string; readonly __input?: I }
/** Something that names a panel, as `ext.panel(...)` returns it. */
export type PanelRef<P extends object = JsonObject> = { readonly panelId: string; readonly __params?: P }
export type CallTarget<I extends object> = string | FunctionRef<I> | PanelRef<I>

/** Envelope of every component: identity across refreshes (`id`, `key`), and a mark that resets local state. */
export type NodeMeta = {
  readonly node?: { readonly id?: string; readonly key?: string; readonly revision?: string | number }
}

export type Gap = 0 | 1 | 2 | 3 | 4 | 6 | 8
export type Align = 'start' | 'center' | 'end' | 'stretch'
export type Justify = 'start' | 'center' | 'end' | 'between' | 'around'
export type Direction = 'v' | 'h' | 'vertical' | 'horizontal' | 'col' | 'column' | 'row'
/** A colour role; the theme decides what it looks like. */
export type Tone =
  | 'blue'
  | 'green'
  | 'red'
  | 'yellow'
  | 'orange'
  | 'purple'
  | 'cyan'
  | 'gray'
  | 'primary'
  | 'success'
  | 'danger'
  | 'warning'
  | 'info'
  | 'accent'
  | 'neutral'
  | 'amber'
/** A Lucide name such as `FolderOpen`, or an emoji. */
export type Icon = string
export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger'
export type AlertVariant = 'info' | 'success' | 'warn' | 'error'
export type Scalar = string | number | boolean | null

export type MenuItem =
  | {
      readonly label: string
      readonly id?: string
      readonly icon?: Icon
      readonly onClick?: Action
      readonly confirm?: Confirm
      readonly disabled?: boolean
      readonly danger?: boolean
    }
  | { readonly separator: true }
export type TreeItem = {
  readonly id: string
  readonly label: string
  readonly children?: readonly TreeItem[]
  readonly icon?: Icon
  readonly badge?: string | number
  readonly expanded?: boolean
  readonly onClick?: Action
}
/** A thing of a Graph; further keys are kept, and shown. */
export type GraphNode = {
  readonly id: string
  readonly label?: string
  readonly type?: string
  readonly size?: number
  readonly color?: string
  readonly mention_count?: number
  readonly [key: string]: JsonValue | undefined
}
export type GraphEdge = {
  readonly id?: string
  readonly source: string
  readonly target: string
  readonly label?: string
  readonly weight?: number
  readonly color?: string
}
export type Row = { readonly [key: string]: JsonValue }
/** A column as it travels; made by `ui.DataColumn`. */
export type Column<R extends Row = Row> = {
  readonly key: keyof R & string
  readonly label: string
  readonly sortable: boolean
}
