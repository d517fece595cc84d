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

/** Caption, help and error of a control. */
export type Field = {
  readonly label?: string
  readonly description?: string
  readonly error?: string
  readonly required?: boolean
  readonly disabled?: boolean
}
export type TextField = Field & { readonly readonly?: boolean }
export type Option = { readonly value: string; readonly label: string; readonly disabled?: boolean }
export type RadioOption = Option & { readonly description?: string }
export type Tab = {
  readonly label: string
  readonly content: Children
  readonly id?: string
  readonly icon?: Icon
  readonly badge?: string
}
export type AccordionSection = {
  readonly id: string
  readonly title: string
  readonly children: Children
  readonly open?: boolean
}
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
export type HoverAction = {
  readonly icon: Icon
  readonly onClick: Action
  readonly label?: string
  readonly confirm?: Confirm
}
export type BulkAction = {
  readonly label: string
  readonly action: CallAction
  readonly icon?: Icon
  readonly variant?: ButtonVariant
  readonly confirm?: Confirm
}
export type TimelineItem = {
  readonly title: string
  readonly description?: string
  readonly time?: string
  readonly icon?: Icon
  readonly color?: Tone
}
export type TreeItem = {
  readonly id: string
  readonly label: string
  readonly children?: readonly TreeItem[]
  readonly icon?: Icon
  readonly badge?: string | number
  readonly expanded?: boolean
  readonly onClick?: Action
}
export type KeyValueItem = { readonly key: string; readonly value: Scalar; readonly copyable?: boolean }
export type Series = { readonly key: string; readonly label?: string; readonly color?: string }
export type Row = { readonly [key: string]: JsonValue }
/** A column as it travels; made by `ui.DataColumn`. */
export type Column<R extends Row = Row> = {
  readonly key: keyof R & string
  readonly label: string
  readonly sortable: boolean
}
