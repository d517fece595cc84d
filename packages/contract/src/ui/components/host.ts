import { component } from '../component.ts'
import { required } from '../prop.ts'
import { node } from '../prop-structures.ts'
import { text } from '../prop-values.ts'

export const TrayResponse = component({
  module: 'host',
  since: 'later',
  doc: 'What a tray handler returns: a counter and what opens below the icon. The shell draws both; the envelope is never drawn itself.',
  props: { badge: node(), panel: node() },
  docs: { badge: 'A Badge whose value is the counter.', panel: 'What opens below the icon.' },
})

export const AppIcon = component({
  module: 'host',
  since: 'later',
  doc: 'The icon of an installed app, or its initials.',
  offered: false,
  props: { app_id: required(text()), display_name: text() },
  docs: { app_id: 'Which app.', display_name: 'Its name, for those who do not see the icon.' },
})

export const Ghost = component({
  module: 'host',
  since: 'later',
  doc: 'Reserved for something that is only suggested; what is inside is drawn as it is.',
  offered: false,
  props: { child: node() },
  docs: { child: 'What is suggested.' },
})
