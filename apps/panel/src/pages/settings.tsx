import './pages.css'
import { t } from '../i18n/index.ts'
import { OwnUsage } from './models/usage.tsx'
import { type SectionedPage, SectionPage } from './parts/section-page.tsx'
import { ConfirmationsSection } from './settings/confirmations-section.tsx'
import { DevicesSection } from './settings/devices-section.tsx'
import { KeysSection } from './settings/keys-section.tsx'
import { ModelSection } from './settings/model-section.tsx'
import { NotificationsSection } from './settings/notifications-section.tsx'
import { ProfileSection } from './settings/profile-section.tsx'

const PAGE: SectionedPage = {
  label: t('Settings'),
  base: '/settings',
  sections: {
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
  },
}

/** Settings of the signed-in person, by section. An unknown section leads to the first one. */
export const SettingsPage = () => <SectionPage page={PAGE} />
