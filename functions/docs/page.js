// Shows the documents with Swagger UI, and mends what keeps people with a keyboard or a screen reader from using it.
(() => {
  const documents = [
    { name: "Member API", url: "/docs/member.json" },
    { name: "Admin API", url: "/docs/admin.json" },
    { name: "Exceed API", url: "/docs/exceed.json" },
    { name: "All of them", url: "/openapi.json" },
  ];
  // `/docs?api=admin` begins with that one.
  const asked = `/docs/${new URLSearchParams(location.search).get("api")}.json`;
  SwaggerUIBundle({
    urls: documents,
    "urls.primaryName": documents.find(({ url }) => url === asked)?.name,
    dom_id: "#documents",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    // Nothing leaves this place, and keys are gone with the page.
    validatorUrl: null,
    queryConfigEnabled: false,
    persistAuthorization: false,
    syntaxHighlight: { activated: false },
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: "StandaloneLayout",
  });

  const set = (element, name, value) => {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  const nameOfSelect = (select) => {
    if (select.closest(".topbar")) return "API";
    if (select.id === "servers") return "Server";
    return select.closest("tr")?.querySelector(".parameter__name")?.textContent.trim() || "Choice";
  };
  const mend = () => {
    const each = (selector, mended) => document.querySelectorAll(selector).forEach(mended);
    each("select:not([aria-label])", (select) => set(select, "aria-label", nameOfSelect(select)));
    each("textarea:not([aria-label])", (area) => set(area, "aria-label", "Request body"));
    each(".parameters input:not([aria-label])", (input) => set(input, "aria-label", input.placeholder || "Value"));
    each(".copy-to-clipboard button:not([aria-label])", (button) => set(button, "aria-label", "Copy"));
    each(".close-modal", (button) => set(button, "aria-label", "Close"));
    each(".json-schema-2020-12-accordion", (button) => {
      if (!button.textContent.trim()) set(button, "aria-label", "Schema");
    });
    // Labels that say something else than what is to be seen.
    each(
      ".auth-btn-wrapper button[aria-label], .try-out button[aria-label], .authorize[aria-label], .btn-done[aria-label]",
      (button) => button.removeAttribute("aria-label"),
    );
    // A link within a button.
    each(".opblock-summary-control a[href]", (link) => link.removeAttribute("href"));
    // What scrolls must be reached by the keyboard.
    each("pre, .microlight, .highlight-code, .table-container, .body-param__example", (box) => {
      if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) set(box, "tabindex", "0");
    });
    // The colours of page.css are for a light page.
    document.documentElement.classList.remove("dark-mode");
  };
  let due = 0;
  const soon = () => {
    due ||= requestAnimationFrame(() => {
      due = 0;
      mend();
    });
  };
  new MutationObserver(soon).observe(document.documentElement, {
    attributeFilter: ["class", "href", "open"],
    attributes: true,
    childList: true,
    subtree: true,
  });
  addEventListener("resize", soon);
})();
