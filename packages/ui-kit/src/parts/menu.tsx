import { DropdownMenu } from 'radix-ui'
import { Fragment, type ReactElement } from 'react'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { classes } from './class-names.ts'

export type MenuEntry =
  | {
      readonly key: string
      readonly label: string
      readonly icon?: string
      readonly danger?: boolean
      readonly disabled?: boolean
      readonly onSelect: () => void
    }
  | { readonly key: string; readonly separator: true }

export interface MenuProps {
  readonly items: readonly MenuEntry[]
  readonly children: ReactElement
  readonly align?: 'start' | 'end'
  readonly side?: 'top' | 'right' | 'bottom' | 'left'
  readonly container?: HTMLElement | null | undefined
}

/** A list of actions that opens below `children`, which must be one button. */
export function Menu({ items, children, align = 'end', side = 'bottom', container }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={container ?? undefined}>
        <DropdownMenu.Content
          className="im-menu"
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          onClick={(event) => event.stopPropagation()}
        >
          {items.map((item) => (
            <Fragment key={item.key}>
              {'separator' in item ? (
                <DropdownMenu.Separator className="im-menu-rule" />
              ) : (
                <DropdownMenu.Item
                  className={classes('im-menu-item', item.danger && 'im-is-danger')}
                  disabled={item.disabled ?? false}
                  onSelect={item.onSelect}
                >
                  {item.icon ? <IconGlyph name={item.icon} size={16} /> : null}
                  <span>{item.label}</span>
                </DropdownMenu.Item>
              )}
            </Fragment>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
