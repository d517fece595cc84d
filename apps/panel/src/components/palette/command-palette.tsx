import { IconGlyph } from '@imperal/ui-kit'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { closePalette, palette, typedAhead } from '../../data/palette.ts'
import { useStore } from '../../data/store.ts'
import { t } from '../../i18n/index.ts'

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }))
const FunctionDialog = lazy(async () => ({ default: (await import('./function-dialog.tsx')).FunctionDialog }))

/** Ctrl or Cmd with K: every app, panel, function and page by name. Its code arrives when it is first opened. */
export function CommandPalette() {
  const { open, chosen } = useStore(palette)
  return (
    <Suspense fallback={open ? <Arriving /> : null}>
      {open ? <Palette /> : null}
      {chosen ? <FunctionDialog key={`${chosen.app.appId}.${chosen.fn.name}`} chosen={chosen} /> : null}
    </Suspense>
  )
}

/** The field alone, until the rest of the palette is there and takes over what was typed. */
function Arriving() {
  const text = useStore(typedAhead)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  return (
    <>
      <div className="im-scrim palette-scrim" />
      <div role="dialog" aria-label={t('Search or run')} aria-busy className="palette">
        <div className="palette-field">
          <IconGlyph name="Search" size={16} />
          <input
            ref={field}
            placeholder={t('Search or run')}
            aria-label={t('Search or run')}
            value={text}
            onChange={(event) => typedAhead.set(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && closePalette()}
          />
        </div>
      </div>
    </>
  )
}
