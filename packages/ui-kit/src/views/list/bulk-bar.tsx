import type { CallAction, UiAction, UiNode, UiProps } from '@imperal/contract/ui'
import { useAct } from '../../host/use-act.ts'
import { Button, IconButton } from '../../parts/button.tsx'
import { Check } from '../../parts/fields.tsx'
import { say } from '../../words.ts'
import { withConfirm } from '../interactive.tsx'
import { rowId } from './list-model.ts'
import type { Selection } from './use-selection.ts'

/** Above this many rows a bulk call is not sent. */
const MAX_IDS = 500

interface BulkBarProps {
  readonly node: UiNode
  readonly props: UiProps<'List'>
  readonly selection: Selection
  readonly shown: readonly UiNode[]
}

/** What can be done with the ticked rows. */
export function BulkBar({ node, props, selection, shown }: BulkBarProps) {
  const all = shown.length > 0 && shown.every((row) => selection.has(rowId(row)))
  const tooMany = selection.ids.length > MAX_IDS
  return (
    <div className="im-bulk-bar" role="toolbar" aria-label={say('Selected rows')}>
      <Check
        checked={all ? true : 'indeterminate'}
        label={say('Select all')}
        onChecked={() => selection.setAll(!all)}
      />
      <span className="im-bulk-count" role="status">
        {say('{count} selected', { count: selection.ids.length })}
      </span>
      {tooMany ? <span className="im-help">{say('At most {count} at a time', { count: MAX_IDS })}</span> : null}
      {props.bulk_actions.map((bulk, index) => (
        <BulkButton
          // biome-ignore lint/suspicious/noArrayIndexKey: actions have no identity but their place
          key={index}
          node={node}
          bulk={bulk}
          idsParam={props.ids_param}
          ids={selection.ids}
          disabled={tooMany}
          onDone={selection.clear}
        />
      ))}
      <IconButton icon="X" label={say('Clear selection')} onClick={selection.clear} />
    </div>
  )
}

interface BulkButtonProps {
  readonly node: UiNode
  readonly bulk: UiProps<'List'>['bulk_actions'][number]
  readonly idsParam: string
  readonly ids: readonly string[]
  readonly disabled: boolean
  readonly onDone: () => void
}

function BulkButton({ node, bulk, idsParam, ids, disabled, onDone }: BulkButtonProps) {
  const act = useAct(node.path, 'bulk')
  const run = async () => {
    const action = counted(withConfirm(bulk.action, bulk.confirm), ids.length)
    const outcome = await act.run(action, { [idsParam]: [...ids] })
    if (outcome?.ok) onDone()
  }
  const variant = bulk.variant === 'danger' ? 'ghost' : bulk.variant === 'secondary' ? 'ghost' : bulk.variant
  return (
    <Button
      size="sm"
      variant={variant}
      icon={bulk.icon}
      className={bulk.variant === 'danger' ? 'im-is-danger' : ''}
      pending={act.pending}
      disabled={disabled}
      onClick={() => void run()}
    >
      {bulk.label}
    </Button>
  )
}

/** The action with `{count}` in its question replaced by the number of rows. */
function counted(action: UiAction | null, count: number): UiAction | null {
  if (action === null || action.confirm === null) return action
  const fill = (text: string) => text.replaceAll('{count}', String(count))
  return {
    ...(action as CallAction),
    confirm: { ...action.confirm, message: fill(action.confirm.message), title: fill(action.confirm.title) },
  } // spread keeps the kind
}
