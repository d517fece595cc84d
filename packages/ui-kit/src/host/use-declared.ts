import { useState } from 'react'
import { useTree } from './context.ts'

/**
 * Local state that starts as the tree declares it, survives refreshes that declare the same, and is replaced when the
 * declared value, the node's reset token or the panel's params change (ui 1.5).
 */
export function useDeclared<T>(declared: T, resetToken: string): readonly [T, (next: T) => void] {
  const { editKey } = useTree()
  const key = JSON.stringify([declared, resetToken, editKey])
  const [state, setState] = useState({ key, value: declared })
  // Replaced while rendering, so that a stale value is never painted.
  if (state.key !== key) setState({ key, value: declared })
  const value = state.key === key ? state.value : declared
  return [value, (next) => setState({ key, value: next })]
}
