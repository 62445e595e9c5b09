import DOMPurify from "dompurify";
import { ownUrl } from "./own-url.ts";

/** Classes that the hall's own help carries; others could borrow the console's looks. */
const CLASSES = new Set(["help", "error", "usage"]);
/** What Markdown makes of the language named behind a fence. */
const LANGUAGE_CLASS = /^language-[\w+#-]{1,30}$/;
const LINK_PROTOCOLS = new Set(["http:", "https:", "mailto:"]);

const purifier = DOMPurify(window);

purifier.addHook("afterSanitizeAttributes", (element) => {
  if (element.hasAttribute("class") && !mayKeepClass(element)) element.removeAttribute("class");
  if (element.tagName === "A") secureLink(element);
  if (element.tagName === "IMG") secureImage(element);
});

function mayKeepClass({ className, tagName }: Element): boolean {
  return CLASSES.has(className) || (tagName === "CODE" && LANGUAGE_CLASS.test(className));
}

function secureLink(link: Element): void {
  const address = link.getAttribute("href");
  if (address === null) return;
  const url = URL.parse(address, window.location.origin);
  if (!url || !LINK_PROTOCOLS.has(url.protocol)) {
    link.removeAttribute("href");
    return;
  }
  link.setAttribute("target", "_blank");
  link.setAttribute("rel", "noopener noreferrer nofollow");
}

function secureImage(image: Element): void {
  const address = image.getAttribute("src") ?? "";
  if (address.startsWith("data:image/")) return;
  const own = ownUrl(address);
  // Elsewhere in this site only chunks are pictures: other addresses may do something when they are read.
  if (own?.startsWith("/api/v1/actions/")) image.setAttribute("src", own);
  else image.replaceWith(document.createTextNode(image.getAttribute("alt") ?? ""));
}

const TAGS =
  "a abbr b blockquote br caption code col colgroup dd del details dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr";
const ATTRIBUTES =
  "href src alt title class align colspan rowspan scope start reversed open datetime lang dir role";

/** Makes foreign HTML harmless: only the elements and attributes of text, links that leak nothing, no remote images. */
export function sanitise(html: string): string {
  return purifier.sanitize(html, {
    ALLOWED_TAGS: TAGS.split(" "),
    ALLOWED_ATTR: ATTRIBUTES.split(" "),
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  });
}
