import type { ComponentPropsWithRef } from 'react'
import { classes } from './class-names.ts'

export interface SwitchProps extends Omit<ComponentPropsWithRef<'button'>, 'children' | 'onClick' | 'role' | 'type'> {
  readonly checked: boolean
  readonly onChecked: (checked: boolean) => void
}

/** The switch alone; what it switches is said by its label. */
export function Switch({ checked, onChecked, className, ...native }: SwitchProps) {
  return (
    <button
      {...native}
      type="button"
      role="switch"
      aria-checked={checked}
      data-state={checked ? 'checked' : 'unchecked'}
      className={classes('im-switch', className)}
      onClick={() => onChecked(!checked)}
    >
      <span className="im-switch-thumb" />
    </button>
  )
}
