import { IconGlyph, laterPart, returnFocus } from '@imperal/ui-kit'
import { useEffect, useRef } from 'react'
import { closePalette, palette, paletteEntered, paletteText } from '../../data/palette.ts'
import { useStore } from '../../data/store.ts'
import { t } from '../../i18n/index.ts'

const FunctionDialog = laterPart(async () => (await import('./function-dialog.tsx')).FunctionDialog)
const Palette = laterPart(
  async () => (await import('./palette.tsx')).Palette,
  () => <Arriving />,
)

/** Ctrl or Cmd with K: every app, panel, function and page by name. Its code arrives when it is first opened. */
export function CommandPalette() {
  const { open, chosen } = useStore(palette)
  useEffect(() => {
    // Chosen next; if it cannot be fetched now, choosing it tries again and says so.
    if (open) FunctionDialog.preload().catch(() => undefined)
  }, [open])
  // From here, not from the palette: where the focus was is noted only once the code that notes it is there.
  useEffect(() => (open ? returnFocus : undefined), [open])
  return (
    <>
      {open ? <Palette /> : null}
      {chosen ? <FunctionDialog key={`${chosen.app.appId}.${chosen.fn.name}`} chosen={chosen} /> : null}
    </>
  )
}

/** The field alone, until the rest of the palette is there and takes over what was typed. */
function Arriving() {
  const text = useStore(paletteText)
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
            name="search"
            placeholder={t('Search or run')}
            aria-label={t('Search or run')}
            value={text}
            onChange={(event) => {
              paletteText.set(event.target.value)
              paletteEntered.set(false) // whoever goes on typing means something else
            }}
            onKeyDown={(event) => {
              if (event.key === 'Escape') closePalette()
              if (event.key === 'Enter' && !event.nativeEvent.isComposing) paletteEntered.set(true)
            }}
          />
        </div>
      </div>
    </>
  )
}
