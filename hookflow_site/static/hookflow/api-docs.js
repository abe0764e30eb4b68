// Shows the OpenAPI document. Changes that are tried out carry the CSRF token of the session.
"use strict";

const place = document.getElementById("api-docs");
const root = document.documentElement;

// Swagger UI has a dark theme of its own, by another name than the site's.
const followTheme = () => root.classList.toggle("dark-mode", root.getAttribute("data-bs-theme") === "dark");
new MutationObserver(followTheme).observe(root, { attributeFilter: ["data-bs-theme"] });
followTheme();

window.SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  requestInterceptor(request) {
    request.headers["X-CSRFToken"] = place.dataset.token;
    return request;
  },
});
