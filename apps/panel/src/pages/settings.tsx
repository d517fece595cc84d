import './pages.css'
import { type ComponentType, useEffect } from 'react'
import { PageFrame } from '../components/page-frame.tsx'
import { t } from '../i18n/index.ts'
import { OwnUsage } from './models/usage.tsx'
import { useGo, usePathPart } from './parts/address.ts'
import { SideNav } from './parts/side-nav.tsx'
import { ConfirmationsSection } from './settings/confirmations-section.tsx'
import { DevicesSection } from './settings/devices-section.tsx'
import { KeysSection } from './settings/keys-section.tsx'
import { ModelSection } from './settings/model-section.tsx'
import { NotificationsSection } from './settings/notifications-section.tsx'
import { ProfileSection } from './settings/profile-section.tsx'

interface Part {
  readonly title: string
  readonly icon: string
  readonly lead?: string
  readonly content: ComponentType
}

const PARTS: Readonly<Record<string, Part>> = {
  profile: { title: t('Profile'), icon: 'User', content: ProfileSection },
  ai: {
    title: t('Language model'),
    icon: 'MessageSquareText',
    lead: t('Which model answers in your chats. Without one of your own the installation’s is used.'),
    content: ModelSection,
  },
  usage: {
    title: t('Model usage'),
    icon: 'Activity',
    lead: t('What you and your apps asked of language models.'),
    content: OwnUsage,
  },
  confirmations: {
    title: t('Confirmations'),
    icon: 'ShieldCheck',
    lead: t('When a call waits for your word before it runs.'),
    content: ConfirmationsSection,
  },
  notifications: {
    title: t('Notifications'),
    icon: 'Bell',
    lead: t('Where messages of your apps go.'),
    content: NotificationsSection,
  },
  keys: {
    title: t('API keys'),
    icon: 'KeyRound',
    lead: t('For programs that act in your name. A key is shown once, when it is made.'),
    content: KeysSection,
  },
  devices: {
    title: t('Devices'),
    icon: 'MonitorSmartphone',
    lead: t('Browsers, terminals and programs that are signed in to this account.'),
    content: DevicesSection,
  },
}
const FIRST = 'profile'

const path = (section: string) => `/settings/${section}`
const GROUPS = [
  { entries: Object.entries(PARTS).map(([id, { title, icon }]) => ({ href: path(id), label: title, icon })) },
]

/** Settings of the signed-in person, by section. An unknown section leads to the first one. */
export function SettingsPage() {
  const section = usePathPart('section')
  const go = useGo()
  const part = PARTS[section]
  useEffect(() => {
    if (!part) go(path(FIRST), { replace: true })
  }, [part, go])
  if (!part) return null
  const { title, lead, content: Content } = part
  return (
    <PageFrame
      key={section}
      title={title}
      lead={lead}
      nav={<SideNav label={t('Settings')} groups={GROUPS} current={path(section)} />}
    >
      <Content />
    </PageFrame>
  )
}
