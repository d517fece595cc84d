import { component } from '../component.ts'
import { aliased, always, required } from '../prop.ts'
import { iconSize } from '../prop-special.ts'
import { action } from '../prop-structures.ts'
import { alsoRead, bool, choice, className, color, cssLength, icon, integer, step, text, url } from '../prop-values.ts'

const UTILITIES = 'Utility names for spacing, size and alignment; everything else is left out.'

export const Text = component({
  module: 'display',
  since: 'seed',
  doc: 'Plain text; markup in it is shown as it is.',
  args: ['content'],
  props: {
    content: aliased(required(text('', 'text')), 'text'),
    variant: always(alsoRead(choice(['heading', 'body', 'caption', 'code'], 'body'), ['subheading', 'label'])),
    truncate: bool(false),
    className: className(),
  },
  docs: {
    content: 'The text; line breaks are kept.',
    variant: 'The role of the text, and so its size and element.',
    truncate: 'One line, cut with an ellipsis.',
    className: UTILITIES,
  },
})

export const Header = component({
  module: 'display',
  since: 'seed',
  doc: 'A heading with an optional second line.',
  args: ['text'],
  props: { text: required(text()), level: always(step([1, 2, 3, 4], 2)), subtitle: text() },
  docs: { text: 'The heading.', level: 'Its level, as in h1 to h4.', subtitle: 'A line below it.' },
})

export const Icon = component({
  module: 'display',
  since: 'seed',
  doc: 'A Lucide icon by name, or an emoji.',
  args: ['name'],
  props: { name: required(icon()), size: always(iconSize()), color: always(color()), className: className() },
  docs: {
    name: 'Such as FolderOpen.',
    size: 'Pixels between 8 and 96, or a word of the scale.',
    color: 'A colour role or a plain CSS colour; without it the colour of the text.',
    className: UTILITIES,
  },
})

export const Image = component({
  module: 'display',
  since: 'seed',
  doc: 'A picture by https URL, path of the platform, or data:image.',
  args: ['src'],
  props: {
    src: required(url('image')),
    alt: text(),
    width: cssLength(),
    height: cssLength(),
    on_click: action(),
    object_fit: choice(['contain', 'cover', 'fill', 'none', 'scale-down'], ''),
    caption: text(),
  },
  docs: {
    src: 'Where the picture is.',
    alt: 'What it shows, for those who do not see it; empty for decoration.',
    width: 'A CSS length, or pixels.',
    height: 'A CSS length, or pixels.',
    on_click: 'Makes the picture a button.',
    object_fit: 'How it fills its box.',
    caption: 'A line below it.',
  },
})

export const Code = component({
  module: 'display',
  since: 'seed',
  doc: 'Program text with a copy button.',
  args: ['content'],
  props: { content: required(text('', 'treeBytes')), language: text(), line_numbers: always(bool(false)) },
  docs: {
    content: 'The program text.',
    language: 'Its language, such as ts or sql; unknown ones are plain.',
    line_numbers: 'Numbers before the lines; they are not copied.',
  },
})

export const Markdown = component({
  module: 'display',
  since: 'seed',
  doc: 'CommonMark with tables, task lists and callouts; HTML in it stays text.',
  args: ['content'],
  props: { content: required(text('', 'treeBytes')) },
  docs: { content: 'The Markdown source.' },
})

export const Divider = component({
  module: 'display',
  since: 'seed',
  doc: 'A hairline, with an optional word in it.',
  props: { label: text() },
  docs: { label: 'The word.' },
})

export const Empty = component({
  module: 'display',
  since: 'seed',
  doc: 'Says that there is nothing, and what to do about it. A side panel whose root this is leaves its slot free.',
  args: ['message'],
  props: { message: always(text('No data')), icon: icon(), action: action(), action_label: text() },
  docs: {
    message: 'What would be here.',
    icon: 'Above the message.',
    action: 'The fastest way to fill it; drawn as one button.',
    action_label: 'What the button says; without it the label in the params of the action, or "Continue".',
  },
})

export const Html = component({
  module: 'display',
  since: 'seed',
  doc: 'Foreign HTML, cleaned, by default in a frame that cannot run anything.',
  args: ['content'],
  props: {
    content: required(text('', 'treeBytes')),
    sandbox: always(bool(true)),
    max_height: integer(0, 0, 3_000),
    theme: choice(['dark', 'light'], 'dark'),
  },
  docs: {
    content: 'The markup; cleaned in any case.',
    sandbox: 'In a frame of its own; without it the cleaned markup stands in the page.',
    max_height: 'Pixels before the frame scrolls; 0 grows with the content, up to 3000.',
    theme: 'dark: the look of the panel. light: a white sheet with dark ink, as mail expects.',
  },
})

const media = { title: text(), autoplay: bool(false), loop: bool(false) }
const mediaDocs = {
  title: 'Names the player for those who do not see it.',
  autoplay: 'Starts by itself; a film does so without sound only.',
  loop: 'Begins again at its end.',
}

export const Video = component({
  module: 'display',
  since: 'later',
  doc: 'A film with the controls of the browser; HLS streams (.m3u8) play everywhere.',
  args: ['src'],
  props: {
    src: required(url('media')),
    controls: always(bool(true)),
    poster: url('image'),
    ...media,
    muted: bool(false),
    width: cssLength(),
    height: cssLength(),
  },
  docs: {
    src: 'Where the film is: https, or a path of the platform.',
    controls: 'Shows the controls.',
    poster: 'A picture until it plays.',
    ...mediaDocs,
    muted: 'Starts without sound.',
    width: 'A CSS length, or pixels.',
    height: 'A CSS length, or pixels.',
  },
})

export const Audio = component({
  module: 'display',
  since: 'later',
  doc: 'A recording with the controls of the browser.',
  args: ['src'],
  props: { src: required(url('media')), controls: always(bool(true)), ...media },
  docs: {
    src: 'Where the recording is: https, or a path of the platform.',
    controls: 'Shows the controls.',
    ...mediaDocs,
  },
})
