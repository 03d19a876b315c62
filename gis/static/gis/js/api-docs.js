/* global SwaggerUIBundle */
// Swagger UI over our own schema; requests carry the session's CSRF token when there is one.
const holder = document.getElementById("swagger-ui");
const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];

SwaggerUIBundle({
  domNode: holder,
  url: holder.dataset.schema,
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (token) request.headers["X-CSRFToken"] = token;
    return request;
  },
});
