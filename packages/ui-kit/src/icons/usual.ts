import BookOpen from 'lucide-react/icons/book-open'
import Bookmark from 'lucide-react/icons/bookmark'
import CalendarDays from 'lucide-react/icons/calendar-days'
import CheckCheck from 'lucide-react/icons/check-check'
import CircleHelp from 'lucide-react/icons/circle-question-mark'
import Compass from 'lucide-react/icons/compass'
import CreditCard from 'lucide-react/icons/credit-card'
import Database from 'lucide-react/icons/database'
import Music from 'lucide-react/icons/eighth-notes'
import EllipsisVertical from 'lucide-react/icons/ellipsis-vertical'
import ExternalLink from 'lucide-react/icons/external-link'
import File from 'lucide-react/icons/file'
import FileUp from 'lucide-react/icons/file-up'
import Flag from 'lucide-react/icons/flag'
import FolderInput from 'lucide-react/icons/folder-input'
import FolderOpen from 'lucide-react/icons/folder-open'
import Globe from 'lucide-react/icons/globe'
import Layers from 'lucide-react/icons/layers'
import ListTodo from 'lucide-react/icons/list-todo'
import NotebookPen from 'lucide-react/icons/notebook-pen'
import Package from 'lucide-react/icons/package'
import Paperclip from 'lucide-react/icons/paperclip'
import Pause from 'lucide-react/icons/pause'
import Pencil from 'lucide-react/icons/pencil'
import Pin from 'lucide-react/icons/pin'
import PinOff from 'lucide-react/icons/pin-off'
import Play from 'lucide-react/icons/play'
import Plug from 'lucide-react/icons/plug'
import Receipt from 'lucide-react/icons/receipt'
import Repeat from 'lucide-react/icons/repeat'
import Reply from 'lucide-react/icons/reply'
import Rocket from 'lucide-react/icons/rocket'
import Send from 'lucide-react/icons/send'
import Settings2 from 'lucide-react/icons/settings-2'
import Smartphone from 'lucide-react/icons/smartphone'
import Table from 'lucide-react/icons/table'
import Tag from 'lucide-react/icons/tag'
import Tags from 'lucide-react/icons/tags'
import Terminal from 'lucide-react/icons/terminal'
import ThumbsDown from 'lucide-react/icons/thumbs-down'
import ThumbsUp from 'lucide-react/icons/thumbs-up'
import Undo2 from 'lucide-react/icons/undo-2'
import Unplug from 'lucide-react/icons/unplug'
import Upload from 'lucide-react/icons/upload'
import User from 'lucide-react/icons/user'
import Video from 'lucide-react/icons/video'
import Webhook from 'lucide-react/icons/webhook'
import Zap from 'lucide-react/icons/zap'

/** Icons that the apps of this repository show: the first chunk that is asked for a name outside of the first load. */
export const USUAL = {
  Bookmark,
  BookOpen,
  CalendarDays,
  CheckCheck,
  CircleHelp,
  Compass,
  CreditCard,
  Database,
  EllipsisVertical,
  ExternalLink,
  File,
  FileUp,
  Flag,
  FolderInput,
  FolderOpen,
  Globe,
  Layers,
  ListTodo,
  Music,
  NotebookPen,
  Package,
  Paperclip,
  Pause,
  Pencil,
  Pin,
  PinOff,
  Play,
  Plug,
  Receipt,
  Repeat,
  Reply,
  Rocket,
  Send,
  Settings2,
  Smartphone,
  Table,
  Tag,
  Tags,
  Terminal,
  ThumbsDown,
  ThumbsUp,
  Undo2,
  Unplug,
  Upload,
  User,
  Video,
  Webhook,
  Zap,
}
