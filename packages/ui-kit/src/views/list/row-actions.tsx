import type { UiNode, UiProps } from '@imperal/contract/ui'
import { useState } from 'react'
import { useTree } from '../../host/context.ts'
import { useAct } from '../../host/use-act.ts'
import { humanIconName } from '../../icons/icon-glyph.tsx'
import { IconButton } from '../../parts/button.tsx'
import { Menu, type MenuEntry } from '../../parts/menu.tsx'
import { dropTargets } from '../../tree/drop-targets.ts'
import { say } from '../../words.ts'
import { withConfirm } from '../interactive.tsx'

type HoverAction = UiProps<'ListItem'>['actions'][number]
const INLINE_ACTIONS = 3

interface RowActionsProps {
  readonly node: UiNode
  readonly props: UiProps<'ListItem'>
}

/**
 * What can be done with one row: icons on hover and focus, one menu where there is no hover. The menu also holds what
 * does not fit and, for rows that can be dragged, every place they can be moved to, so that no mouse is needed.
 */
export function RowActions({ node, props }: RowActionsProps) {
  const { host } = useTree()
  const act = useAct(node.path, 'row')
  const [targets, setTargets] = useState<readonly MenuEntry[]>([])
  const entries = props.actions.map(
    (action, index): MenuEntry => ({
      key: `a${index}`,
      label: labelOf(action),
      icon: action.icon,
      onSelect: () => void act.run(withConfirm(action.on_click, action.confirm)),
    }),
  )
  const readTargets = () => {
    if (!props.draggable) return
    const found = dropTargets(host.appId, props.id)
    const moves = found.map(
      (target): MenuEntry => ({
        key: `t${target.id}`,
        label: say('Move to {title}', { title: target.title }),
        icon: 'FolderInput',
        onSelect: () => target.drop(props.id),
      }),
    )
    setTargets(moves.length > 0 && props.actions.length > 0 ? [{ key: 'rule', separator: true }, ...moves] : moves)
  }
  const rest = entries.slice(INLINE_ACTIONS)
  if (entries.length === 0 && !props.draggable) return null
  return (
    <div className="im-row-actions">
      <span className="im-row-inline">
        {props.actions.slice(0, INLINE_ACTIONS).map((action, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: actions have no identity but their place
          <HoverButton key={index} node={node} action={action} />
        ))}
        {rest.length > 0 || props.draggable ? (
          <MoreMenu items={[...rest, ...targets]} pending={act.pending} onOpen={readTargets} />
        ) : null}
      </span>
      <span className="im-row-coarse">
        <MoreMenu items={[...entries, ...targets]} pending={act.pending} onOpen={readTargets} />
      </span>
    </div>
  )
}

interface MoreMenuProps {
  readonly items: readonly MenuEntry[]
  readonly pending: boolean
  readonly onOpen: () => void
}

function MoreMenu({ items, pending, onOpen }: MoreMenuProps) {
  const shown =
    items.length > 0
      ? items
      : [{ key: 'none', label: say('Nothing to do here'), disabled: true, onSelect: () => undefined }]
  return (
    <Menu items={shown}>
      <IconButton
        icon="Ellipsis"
        label={say('More actions')}
        pending={pending}
        onPointerDown={onOpen}
        onFocus={onOpen}
      />
    </Menu>
  )
}

function HoverButton({ node, action }: { readonly node: UiNode; readonly action: HoverAction }) {
  const act = useAct(node.path, 'row')
  return (
    <IconButton
      icon={action.icon}
      label={labelOf(action)}
      pending={act.pending}
      onClick={() => void act.run(withConfirm(action.on_click, action.confirm))}
    />
  )
}

function labelOf(action: HoverAction): string {
  return action.label || humanIconName(action.icon)
}
