import { IconGlyph } from '@imperal/ui-kit'
import { Command, useCommandState } from 'cmdk'
import { useEffect } from 'react'
import { type App, SECRETS_PANEL, settingsPath, useApps } from '../../data/apps.ts'
import { sendMessage } from '../../data/chat/chat.ts'
import { type Command as AppCommand, commandsNow, runContribution } from '../../data/contributions.ts'
import { go } from '../../data/navigation.ts'
import { chooseFunction, closePalette, paletteEntered, paletteText } from '../../data/palette.ts'
import { paletteMarks, paletteScore } from '../../data/palette-score.ts'
import { writtenShortcut } from '../../data/shortcuts.ts'
import { useStore } from '../../data/store.ts'
import { revealPhoneView } from '../../data/view.ts'
import { t } from '../../i18n/index.ts'
import { kindWord } from '../../i18n/words.ts'
import { AppIcon } from '../app-icon.tsx'
import { useSections } from '../bar/top-bar.tsx'
import { humanFunction } from '../function-words.tsx'

const leaveFor = (path: string, view: 'panel' | 'chat' = 'chat') => {
  closePalette()
  revealPhoneView(view)
  go(path)
}

/**
 * The field comes in the moment that the one before it goes, so it must not wait for the dialog to give it the focus: a
 * letter in between would be lost. It goes on behind what is there; a dialog would mark all of it for the next letter.
 */
function takeOver(field: HTMLInputElement | null): void {
  field?.focus()
  field?.setSelectionRange(field.value.length, field.value.length)
}

/** Runs the first thing found when Enter was pressed while the palette was on its way. */
function runEntered(): (() => void) | undefined {
  if (!paletteEntered.get()) return undefined
  paletteEntered.set(false)
  // What fits is marked by the layout that follows.
  const frame = requestAnimationFrame(() =>
    document.querySelector<HTMLElement>('.palette [cmdk-item][aria-selected="true"]')?.click(),
  )
  return () => cancelAnimationFrame(frame)
}

/** Every app, panel, function and page by name, in a dialog. */
export function Palette() {
  const text = useStore(paletteText)
  useEffect(runEntered, [])
  const apps = useApps().filter((app) => !app.isDisabled && app.hasAccess)
  const ask = () => {
    leaveFor(window.location.pathname.startsWith('/ext/') ? window.location.pathname : '/')
    void sendMessage(text)
  }
  return (
    <Command.Dialog
      open
      loop
      filter={paletteScore}
      label={t('Search or run')}
      contentClassName="palette"
      overlayClassName="im-scrim palette-scrim"
      onOpenChange={(open) => !open && closePalette()}
    >
      <div className="palette-field">
        <IconGlyph name="Search" size={16} />
        <Command.Input
          ref={takeOver}
          placeholder={t('Search or run')}
          aria-label={t('Search or run')}
          value={text}
          onValueChange={paletteText.set}
        />
      </div>
      <Command.List>
        <Command.Empty>{t('Nothing has this name.')}</Command.Empty>
        <Pages />
        <Commands apps={apps} />
        <AppItems apps={apps} />
        <Functions apps={apps} />
        {text.trim() === '' ? null : (
          <Command.Group heading={t('Chat')} forceMount>
            <Command.Item value={`ask ${text}`} forceMount onSelect={ask}>
              <IconGlyph name="MessageSquareText" size={16} />
              <span>{t('Ask: “{text}”', { text })}</span>
              <small>{t('chat')}</small>
            </Command.Item>
          </Command.Group>
        )}
      </Command.List>
    </Command.Dialog>
  )
}

function Pages() {
  const sections = useSections()
  const pages = [
    { href: '/', label: t('Assistant'), icon: 'MessageSquareText' },
    ...sections,
    { href: '/wallet/movements', label: t('Wallet'), icon: 'Wallet' },
  ]
  return (
    <Command.Group heading={t('Go to')}>
      {pages.map((page) => (
        <Command.Item key={page.href} value={`page ${page.label}`} onSelect={() => leaveFor(page.href)}>
          <IconGlyph name={page.icon} size={16} />
          <Marked text={page.label} />
        </Command.Item>
      ))}
    </Command.Group>
  )
}

/** What apps offer by name, with their keys (ui 5.11). */
function Commands({ apps }: { readonly apps: readonly App[] }) {
  const commands = commandsNow(apps)
  if (commands.length === 0) return null
  return (
    <Command.Group heading={t('Commands')}>
      {commands.map((one) => (
        <CommandItem key={`${one.app.appId}/${one.command.id}`} one={one} />
      ))}
    </Command.Group>
  )
}

function CommandItem({ one: { app, command, shortcut } }: { readonly one: AppCommand }) {
  const run = () => {
    closePalette()
    void runContribution(app, command.handler)
  }
  return (
    <Command.Item value={`command ${app.name} ${command.title} ${command.category} ${command.id}`} onSelect={run}>
      {command.icon === '' ? <AppIcon app={app} size={16} /> : <IconGlyph name={command.icon} size={16} placeholder />}
      <Marked text={command.title} />
      {shortcut ? <kbd>{writtenShortcut(shortcut)}</kbd> : null}
      <small>{[app.name, command.category].filter((part) => part !== '').join(' · ')}</small>
    </Command.Item>
  )
}

/** A name with what was typed marked in it. */
function Marked({ text, title }: { readonly text: string; readonly title?: string }) {
  const typed = useCommandState((state) => state.search)
  return (
    <span title={title}>
      {paletteMarks(text, typed).map(({ part, isMarked, at }) => (isMarked ? <mark key={at}>{part}</mark> : part))}
    </span>
  )
}

function AppItems({ apps }: { readonly apps: readonly App[] }) {
  return (
    <Command.Group heading={t('Apps')}>
      {apps.flatMap((app) => [
        <Command.Item
          key={app.appId}
          value={`app ${app.name} ${app.appId}`}
          onSelect={() => leaveFor(`/ext/${app.appId}`, 'panel')}
        >
          <AppIcon app={app} size={16} />
          <Marked text={app.name} />
          <small>{t('open')}</small>
        </Command.Item>,
        ...app.panels
          .filter((panel) => panel.isListed && panel.panelId !== SECRETS_PANEL)
          .map((panel) => (
            <Command.Item
              key={`${app.appId}/${panel.panelId}`}
              value={`panel ${app.name} ${panel.title} ${panel.panelId}`}
              onSelect={() => leaveFor(`/ext/${app.appId}/${panel.panelId}`, 'panel')}
            >
              <AppIcon app={app} size={16} />
              <Marked text={`${app.name} › ${panel.title}`} />
              <small>{t('panel')}</small>
            </Command.Item>
          )),
        ...(app.ui.settings.length === 0
          ? []
          : [
              <Command.Item
                key={`${app.appId}#settings`}
                value={`settings ${app.name} ${app.appId}`}
                onSelect={() => leaveFor(settingsPath(app))}
              >
                <IconGlyph name="Settings" size={16} />
                <span>{t('Settings of {name}', { name: app.name })}</span>
                <small>{t('open')}</small>
              </Command.Item>,
            ]),
      ])}
    </Command.Group>
  )
}

function Functions({ apps }: { readonly apps: readonly App[] }) {
  return (
    <Command.Group heading={t('Run')}>
      {apps.flatMap((app) =>
        app.functions.map((fn) => (
          <Command.Item
            key={`${app.appId}.${fn.name}`}
            value={`run ${app.name} ${humanFunction(fn.name)} ${fn.name}`}
            onSelect={() => chooseFunction(app, fn)}
          >
            <AppIcon app={app} size={16} />
            <Marked text={humanFunction(fn.name)} title={fn.description} />
            <small>
              {app.name} · {kindWord(fn.actionType)}
            </small>
          </Command.Item>
        )),
      )}
    </Command.Group>
  )
}
