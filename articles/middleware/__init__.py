"""What every answer carries, and how answers of the API and the feeds travel."""

from articles.middleware.delivery import DeliveryMiddleware
from articles.middleware.policy import CONTENT_SECURITY_POLICY, ContentSecurityPolicyMiddleware

__all__ = ["CONTENT_SECURITY_POLICY", "ContentSecurityPolicyMiddleware", "DeliveryMiddleware"]
