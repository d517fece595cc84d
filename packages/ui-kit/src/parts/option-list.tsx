import type { ReactNode } from 'react'
import { classes } from './class-names.ts'
import type { Combobox } from './combobox.ts'

interface OptionListProps<T> {
  readonly box: Combobox<T>
  readonly keyOf: (match: T) => string
  readonly isDisabled?: (match: T) => boolean
  readonly isChosen?: (match: T) => boolean
  readonly onChoose: (match: T) => void
  readonly children: (match: T) => ReactNode
}

const showWhole = (list: HTMLElement | null) => list?.scrollIntoView?.({ block: 'nearest' })

/** The open list of a combobox. */
export function OptionList<T>({ box, keyOf, isDisabled, isChosen, onChoose, children }: OptionListProps<T>) {
  if (!box.open) return null
  return (
    <div
      id={box.listId}
      role="listbox"
      className="im-options"
      // Near the lower edge of what scrolls it would open where nobody sees it.
      ref={showWhole}
    >
      {box.matches.map((match, index) => (
        <div
          key={keyOf(match)}
          id={box.optionId(index)}
          role="option"
          tabIndex={-1}
          aria-selected={isChosen?.(match) ?? index === box.active}
          aria-disabled={isDisabled?.(match) || undefined}
          className={classes('im-option', index === box.active && 'im-active')}
          // The press must not take the focus out of the field before the click arrives.
          onPointerDown={(event) => event.preventDefault()}
          onPointerEnter={() => box.setActive(index)}
          onClick={() => isDisabled?.(match) || onChoose(match)}
          onKeyDown={undefined}
        >
          {children(match)}
        </div>
      ))}
    </div>
  )
}
