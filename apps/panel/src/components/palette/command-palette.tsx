import { lazy, Suspense } from 'react'
import { palette } from '../../data/palette.ts'
import { useStore } from '../../data/store.ts'

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }))
const FunctionDialog = lazy(async () => ({ default: (await import('./function-dialog.tsx')).FunctionDialog }))

/** Ctrl or Cmd with K: every app, panel, function and page by name. Its code arrives when it is first opened. */
export function CommandPalette() {
  const { open, chosen } = useStore(palette)
  return (
    <Suspense fallback={null}>
      {open ? <Palette /> : null}
      {chosen ? <FunctionDialog key={`${chosen.app.appId}.${chosen.fn.name}`} chosen={chosen} /> : null}
    </Suspense>
  )
}
