import { IconGlyph } from '../icons/icon-glyph.tsx'
import { say } from '../words.ts'

export interface ChipsProps {
  readonly values: readonly string[]
  readonly labelOf: (value: string) => string
  readonly disabled: boolean
  readonly onRemove: (value: string) => void
}

/** Chosen values, each with a button that takes it out. */
export function Chips({ values, labelOf, disabled, onRemove }: ChipsProps) {
  return values.map((value) => (
    <span key={value} className="im-chip">
      {labelOf(value)}
      <button
        type="button"
        aria-label={say('Remove {name}', { name: labelOf(value) })}
        disabled={disabled}
        onClick={({ currentTarget, detail }) => {
          // By keyboard one goes on where the next value is written; a finger would open its keys by that.
          if (detail === 0) currentTarget.closest('.im-chips-box')?.querySelector('input')?.focus()
          onRemove(value)
        }}
      >
        <IconGlyph name="X" size={12} />
      </button>
    </span>
  ))
}
